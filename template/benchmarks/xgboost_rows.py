"""Measure how rows get into XGBoost, and training through the stage against bare XGBoost on the same rows.

Usage: python -m template.benchmarks.xgboost_rows [--repeats 3] [--times 10]

Needs data/splits of the default data (`dvc repro split`). Each way is a process of its own, run in turn with
the others: seconds of processor, and peak memory. --times gives the matrix of so many times the rows as well,
without a training.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from lockstep.composition.compose import compose
from lockstep.core.config import parse_config
from lockstep.core.schema import Config
from lockstep.core.stage import peak_memory

SPLITS = Path("data/splits")
WAYS = {
    "partitions": "QuantileDMatrix, partition by partition",
    "frame": "QuantileDMatrix, slices of a frame in memory",
    "quantile": "bare QuantileDMatrix of a frame",
    "plain": "bare DMatrix of a frame",
}


def configured() -> Config:
    """The default data with conf/model/xgboost.yaml."""
    return parse_config(OmegaConf.to_container(compose(["model=xgboost"])))


def partitions(config: Config, name: str, times: int) -> Any:
    """Pieces of a split, each partition read when it is asked for."""
    from lockstep.core.partitions import partition_paths, read_partition

    features, target = config.dataset.numeric + config.dataset.categorical, config.dataset.target

    def pieces() -> Iterator[Any]:
        for path in partition_paths(SPLITS / name) * times:
            rows = read_partition(path, [*features, target])
            yield rows[features], rows[target].to_numpy(), None

    return pieces


def framed(config: Config, name: str, times: int) -> tuple[Any, Any]:
    """Features and target of a split, all in memory."""
    import pandas as pd

    parts = [one[:2] for one in partitions(config, name, times)()]
    target = pd.concat([pd.Series(one[1]) for one in parts], ignore_index=True)
    return pd.concat([one[0] for one in parts], ignore_index=True), target.to_numpy()


def in_memory(frame: Any, target: Any) -> Any:
    """The pieces of one frame."""
    import numpy as np

    from lockstep.models import xgboost_matrix
    from lockstep.models.rows import cut

    return xgboost_matrix.in_pieces(cut(frame, target, np.ones(len(target))))


def matrices(config: Config, way: str, times: int) -> tuple[Any, Any]:
    """XGBoost's matrices of train and valid, made in one of the ways."""
    import xgboost

    from lockstep.models import xgboost as kind
    from lockstep.models import xgboost_matrix

    how = kind.training_settings(config, 0)
    if way in ("partitions", "frame"):
        sides = [
            partitions(config, name, many)
            if way == "partitions"
            else in_memory(*framed(config, name, many))
            for name, many in (("train", times), ("valid", 1))
        ]
        known = xgboost_matrix.categories(sides[0], config.dataset.categorical)
        train = xgboost_matrix.compact(how, xgboost_matrix.coded(sides[0], known))
        return train, xgboost_matrix.compact(how, xgboost_matrix.coded(sides[1], known), train)
    frames = {
        name: framed(config, name, times if name == "train" else 1) for name in ("train", "valid")
    }
    for column in config.dataset.categorical:
        values = frames["train"][0][column].astype("category")
        frames["train"][0][column] = values
        codes = values.cat.categories
        valid = frames["valid"][0][column]
        frames["valid"][0][column] = valid.where(valid.isin(codes)).astype(values.dtype)
    known_as: dict[str, Any] = {"enable_categorical": True, "nthread": how.params["nthread"]}
    if way == "plain":
        made = [xgboost.DMatrix(frame, label=y, **known_as) for frame, y in frames.values()]
        return made[0], made[1]
    (frame, y), (beside, y_valid) = frames.values()
    train = xgboost.QuantileDMatrix(frame, label=y, **known_as)
    return train, xgboost.QuantileDMatrix(beside, label=y_valid, ref=train, **known_as)


def measured(way: str, times: int) -> dict[str, float]:
    """One way, in this process: seconds of processor of the matrices and of the training, peak memory."""
    import pandas  # noqa: F401
    import xgboost

    from lockstep.models import xgboost as kind

    config = configured()
    start, empty = time.process_time(), peak_memory()
    sides = matrices(config, way, times)
    made, held = time.process_time(), peak_memory()
    found = {"matrix": made - start, "peak": held or 0, "empty": empty or 0}
    how = kind.training_settings(config, 0)
    if times > 1:  # hist on a plain matrix makes its bins when it trains, not before
        xgboost.train(how.params, sides[0], 1)
        return found | {"matrix": time.process_time() - start, "peak": peak_memory() or 0}
    losses: list[float] = []
    _, best = kind.fit_matrices(how, sides, lambda step, train, valid: losses.append(valid))
    return found | {
        "train": time.process_time() - made, "peak": peak_memory() or 0,
        "best": best, "valid": losses[best],
    }  # fmt: skip


def stage(bare: bool) -> tuple[float, float]:
    """Seconds of processor, and the loss of valid, of the stage train or of bare XGBoost doing as much."""
    code = BARE if bare else "import stages.train as one; one.main()"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True,
        env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"},
    ).stdout  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, float(said.split()[-1])


# What one would write by hand: read, train, predict train and valid.
BARE = """
import pandas as pd, xgboost, yaml
from pathlib import Path
config = yaml.safe_load(open("params.yaml"))
data, params = config["dataset"], dict(config["model"]["params"])
def read(name):
    files = sorted(Path("data/splits", name).glob("*.parquet"))
    frame = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    return frame[data["numeric"] + data["categorical"]].copy(), frame[data["target"]]
(x, y), (xv, yv) = read("train"), read("valid")
for name in data["categorical"]:
    kind = pd.CategoricalDtype(sorted(x[name].unique()))
    x[name], xv[name] = x[name].astype(kind), xv[name].where(xv[name].isin(kind.categories)).astype(kind)
train = xgboost.QuantileDMatrix(x, label=y, enable_categorical=True, nthread=2)
valid = xgboost.QuantileDMatrix(xv, label=yv, enable_categorical=True, nthread=2, ref=train)
rounds = params.pop("num_boost_round")
params |= {"objective": "binary:logistic", "eval_metric": "logloss", "tree_method": "hist"}
early = config["model"]["early_stopping_rounds"]
model = xgboost.train(params | {"seed": config["seed"]}, train, rounds, verbose_eval=False,
                      evals=[(train, "train"), (valid, "valid")], early_stopping_rounds=early)
model = model[: model.best_iteration + 1]
model.save_model("bare.ubj")
model.predict(train)
p = model.predict(valid).astype(float)
import numpy as np
print(f"{-np.mean(np.log(np.where(yv == 1, p, 1 - p))):.4f}")
"""


def main() -> None:
    """Run each way in turn, print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.way:
        print(json.dumps(measured(given.way, given.times)))
        return
    for times in sorted({1, given.times}):
        runs: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for _ in range(given.repeats if times == 1 else 1):
            for way in WAYS:
                command = [sys.executable, "-m", "template.benchmarks.xgboost_rows", "--way", way]
                out = subprocess.run(
                    [*command, "--times", str(times)], check=True, capture_output=True
                )
                runs[way].append(json.loads(out.stdout))
        print(f"\n{times} times the rows\n")
        names = list(runs["plain"][0])
        print(f"| way | {' | '.join(names)} |\n|{'---|' * (len(names) + 1)}")
        for way, found in runs.items():
            cells = [f"{statistics.median(one[name] for one in found):.6g}" for name in names]
            print(f"| {WAYS[way]} | {' | '.join(cells)} |")
    here = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        for name in ("lockstep", "stages", "recipes", "conf", "data"):
            Path(folder, name).symlink_to(here / name)
        os.chdir(folder)
        OmegaConf.save(compose(["model=xgboost"]), "params.yaml")
        pairs = [(stage(False), stage(True)) for _ in range(given.repeats)]
        os.chdir(here)
    ratio = statistics.median(ours[0] / bare[0] for ours, bare in pairs)
    print(f"\nstage train / bare XGBoost: {ratio:.2f}; (seconds, log loss of valid): {pairs}")


if __name__ == "__main__":
    main()
