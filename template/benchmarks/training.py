"""Training in the stage `train` against the bare library on the same rows, each in a process of its own.

Usage: python -m template.benchmarks.training [--repeats 3] [--kinds catboost,linear] [--output FOLDER]

Works in a clean clone of the last commit. From rows in memory to a fitted model: what `train` calls, with its
learning curve, snapshots and ways to resume, and the library alone as its documentation has it. The two take
turns; the table has medians and the median of the ratios, wall time first; beside it the whole stage, which
also reads, looks for leaks, scores, profiles and writes. Exits 1 where one bit of a score on test differs.
"""

import argparse
import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.config import load_config
from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.files import fresh, write_json, write_text
from lockstep.core.schema import Config
from lockstep.core.stage import run
from template.benchmarks.about import about, said
from template.benchmarks.peers.clock import Cost, measured

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

KINDS = ("catboost", "hist_gradient_boosting", "random_forest", "linear")
SPLITS = Path("data/splits")


def scored(fit: Cost, p: "np.ndarray") -> None:
    """Print what a fit cost, and a hash of the scores on test, shape (rows,), to the last bit."""
    found = {"wall": fit.wall, "cpu": fit.cpu, "scores": hashlib.sha256(p.tobytes()).hexdigest()}
    print(json.dumps(found))


def now() -> Cost:
    """The clocks of this process, all its threads together."""
    return Cost(time.perf_counter(), time.process_time())


def ours() -> None:
    """Fit by what the stage calls, with the configuration in force; print as scored() does."""
    from lockstep.core.partitions import partition_paths, read_all
    from lockstep.models.kinds import fit, model_kind
    from lockstep.models.rows import cut
    from lockstep.training.fitting import snapshot_name
    from lockstep.training.learning_curve import learning_curve
    from lockstep.training.target import class_weights, encode
    from stages.train import LIVE

    config = load_config()
    dataset = config.dataset
    names = dataset.numeric + dataset.categorical
    train, valid, test = (read_all(SPLITS / side) for side in ("train", "valid", "test"))
    library = model_kind(config.model.kind)
    y, classes = encode(train[dataset.target], dataset.task, None)
    y_valid, _ = encode(valid[dataset.target], dataset.task, classes)
    rows, watched = (
        cut(frame[names], target, class_weights(target, weigh))
        for frame, target, weigh in (
            (train, y, config.model.class_weights),
            (valid, y_valid, "none"),
        )
    )
    snapshot = snapshot_name(
        config, partition_paths(SPLITS / "train") + partition_paths(SPLITS / "valid")
    )
    steps = config.model.params.get("iterations", config.model.params.get("max_iter"))
    with learning_curve(fresh(LIVE), steps) as log:
        start = now()
        model, _ = fit(config, rows, watched, snapshot, log)
        end = now()
    p = library.predict(model, test[names], dataset.task)
    scored(Cost(end.wall - start.wall, end.cpu - start.cpu), p)


def bare() -> None:
    """Fit by the library alone, with the values of standard input; print as scored() does."""
    import numpy as np
    import pandas as pd

    given = json.load(sys.stdin)
    names = given["numeric"] + given["categorical"]
    sides = {
        side: pd.concat(
            [pd.read_parquet(path) for path in sorted((SPLITS / side).glob("*.parquet"))],
            ignore_index=True,
        )
        for side in ("train", "valid", "test")
    }
    x = {side: rows[names] for side, rows in sides.items()}
    y = {side: rows[given["target"]].to_numpy() for side, rows in sides.items()}
    fit = by_catboost if given["kind"] == "catboost" else by_scikit
    start = now()
    predict = fit(given, x, y)
    end = now()
    p = predict(x["test"])
    scored(Cost(end.wall - start.wall, end.cpu - start.cpu), np.ascontiguousarray(p))


def by_catboost(given: dict[str, Any], x: "dict[str, pd.DataFrame]", y: dict[str, Any]) -> Any:
    """P(positive) of rows, by CatBoost as its documentation has it."""
    import catboost

    pools = [
        catboost.Pool(x[side], y[side], cat_features=given["categorical"])
        for side in ("train", "valid")
    ]
    model = catboost.CatBoostClassifier(
        **given["params"],
        random_seed=given["seed"],
        use_best_model=False,
        allow_writing_files=False,
        verbose=False,
    )
    model.fit(pools[0], eval_set=pools[1])
    return lambda rows: model.predict_proba(rows)[:, 1]


def by_scikit(given: dict[str, Any], x: "dict[str, pd.DataFrame]", y: dict[str, Any]) -> Any:
    """P(positive) of rows, by scikit-learn's pipeline of prepared columns and model."""
    from sklearn.compose import ColumnTransformer
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    kind, params, seed = given["kind"], given["params"], given["seed"]
    median = SimpleImputer(strategy="median", keep_empty_features=True)
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=-1,
        encoded_missing_value=-1,
        min_frequency=20,
    )
    more: dict[str, Any] = {}
    if kind == "linear":
        onehot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20)
        steps = (make_pipeline(median, StandardScaler()), onehot)
        model = LogisticRegression(**params)
    elif kind == "random_forest":
        steps = (median, codes)
        model = RandomForestClassifier(**params, random_state=seed, n_jobs=given["threads"])
    else:
        steps = ("passthrough", codes)
        early = {"early_stopping": True, "n_iter_no_change": given["early"]}
        model = HistGradientBoostingClassifier(**params, random_state=seed, **early)
    columns = (given["numeric"], given["categorical"])
    prepare = ColumnTransformer(list(zip(("numeric", "categorical"), steps, columns, strict=True)))
    rows = prepare.fit_transform(x["train"])
    if kind == "hist_gradient_boosting":
        more = {"X_val": prepare.transform(x["valid"]), "y_val": y["valid"]}
    model.fit(rows, y["train"], **more)
    if kind == "random_forest":
        model.n_jobs = 1  # several threads add its trees up in an order of their own
    return lambda rows: model.predict_proba(prepare.transform(rows))[:, 1]


def alone(root: Path, which: str, given: dict[str, Any]) -> tuple[Cost, str]:
    """What a fit cost in a process of its own, and the hash of its scores."""
    code = f"from template.benchmarks.training import {which}; {which}()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        input=json.dumps(given),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return Cost(found["wall"], found["cpu"]), found["scores"]


def needed(config: Config) -> dict[str, Any]:
    """What the bare library needs to know of a configuration."""
    return {
        "kind": config.model.kind,
        "params": config.model.params,
        "early": config.model.early_stopping_rounds,
        "seed": config.seed,
        "threads": config.engine.threads,
        "target": config.dataset.target,
        "numeric": config.dataset.numeric,
        "categorical": config.dataset.categorical,
    }


def choose(root: Path, kind: str) -> dict[str, Any]:
    """Put a kind into force in the clone and bring its data up to date; what bare() needs."""
    conf = root / "conf/config.yaml"
    text = re.sub(r"(?m)^(  - model: )\w+", rf"\g<1>{kind}", conf.read_text("utf-8"))
    conf.write_text(text, encoding="utf-8")
    subprocess.run(["dvc", "repro", "-q", "split"], cwd=root, check=True, stdout=subprocess.DEVNULL)
    return needed(load_config(root / "params.yaml"))


def compared(root: Path, kind: str, repeats: int) -> dict[str, Any]:
    """Medians of both fits and of the whole stage, of the ratios, and whether all scores are the same."""
    given = choose(root, kind)
    pairs, stages, scores = [], [], set()
    command, log = (sys.executable, "-m", "stages.train"), root.parent / "log"
    for _ in range(repeats):
        mine, first = alone(root, "ours", given)
        other, second = alone(root, "bare", given)
        pairs.append((mine, other))
        stages.append(measured(command, root, dict(os.environ), log))
        scores |= {first, second}
    found: dict[str, Any] = {"kind": kind, "same": len(scores) == 1}
    for clock in ("wall", "cpu"):
        found[clock] = {
            "train": statistics.median(getattr(mine, clock) for mine, _ in pairs),
            "bare": statistics.median(getattr(other, clock) for _, other in pairs),
            "ratio": statistics.median(getattr(a, clock) / getattr(b, clock) for a, b in pairs),
            "stage": statistics.median(getattr(stage, clock) for stage in stages),
        }
    return found


def table(records: list[dict[str, Any]]) -> str:
    """Markdown: wall seconds, in brackets those of processors."""
    lines = [
        "| | in train | bare | ratio | the whole stage | same scores |",
        "|---|---|---|---|---|---|",
    ]
    for one in records:
        cells = [
            f"{one['wall'][name]:.{digits}f} ({one['cpu'][name]:.{digits}f})"
            for name, digits in (("train", 1), ("bare", 1), ("ratio", 3), ("stage", 1))
        ]
        lines.append(f"| {one['kind']} | {' | '.join(cells)} | {'yes' if one['same'] else 'no'} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Clone, build the data, compare, write, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3, metavar="N")
    parser.add_argument("--kinds", default=",".join(KINDS), help=f"of {','.join(KINDS)}")
    parser.add_argument("--output", type=Path, default=Path(".cache/benchmarks/results"))
    given = parser.parse_args()
    kinds = given.kinds.split(",")
    if unknown := [kind for kind in kinds if kind not in KINDS]:
        raise ConfigError(f"--kinds is {unknown[0]!r}; allowed: {', '.join(KINDS)}")
    head, records = about(), []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", str(Path.cwd()), str(root)], check=True)
        for kind in kinds:
            print(f"{kind} ...", file=sys.stderr, flush=True)
            records.append(compared(root, kind, given.repeats))
    write_json(given.output / "training.json", {**head, "kinds": records})
    text = f"{said(head)}\n\n{table(records)}"
    write_text(given.output / "training.md", text)
    print(text, end="")
    if different := [one["kind"] for one in records if not one["same"]]:
        raise LockstepError(f"other scores than the bare library: {', '.join(different)}")


if __name__ == "__main__":
    run("training", main)
