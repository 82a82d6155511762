"""Measure how well the default model does on data it was not made for, against plain CatBoost.

Usage: python -m template.benchmarks.own_data [--side valid] [--shapes digits codes] [--repeats 8] [--json F]

Each shape is drawn anew or comes with scikit-learn, is split once, and goes through the stages train and
evaluate; CatBoost's own estimators get the same rows and columns, valid as eval_set, as the library comes
and, with --same, with as many iterations as ours may have. Prints a table: log loss or RMSE on test, and
whether the difference lies within the paired bootstrap interval; with --repeats also the mean difference
over draws. Settings are chosen with --side valid.
"""

import argparse
import contextlib
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import OmegaConf

from lockstep.composition.compose import compose
from lockstep.core.config import load_config
from lockstep.core.files import fresh, write_json, write_text
from lockstep.core.metric_names import METRICS
from lockstep.core.partitions import read_all, write_partition
from lockstep.core.schema import Config
from lockstep.data.roles import keep_roles
from lockstep.data.splits import SPLITS
from lockstep.evaluation.comparison import paired_difference
from lockstep.training import bundle
from lockstep.training.predictions import from_columns, prediction_columns
from lockstep.training.target import encode
from stages import evaluate, train

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Record = dict[str, Any]
LOSS = {"binary": "Logloss", "multiclass": "MultiClass", "regression": "RMSE"}
RECIPE = "penguins"  # its clean() and featurize() do nothing


@dataclass(frozen=True)
class Shape:
    """Rows with the target in the column "target"; in time order where they are to be split so."""

    task: str
    frame: "pd.DataFrame"
    categorical: list[str] = field(default_factory=list)
    ordered: bool = False
    transform: str | None = None


def drawn(rows: int, seed: int) -> tuple["np.random.Generator", "np.ndarray"]:
    """A generator, and ten columns of normal numbers, shape (rows, 10)."""
    import numpy as np

    generator = np.random.default_rng(seed)
    return generator, generator.normal(size=(rows, 10))


def numbered(x: "np.ndarray") -> "pd.DataFrame":
    """Columns x0, x1, ..."""
    import pandas as pd

    return pd.DataFrame(x, columns=[f"x{number}" for number in range(x.shape[1])])


def smooth(x: "np.ndarray") -> "np.ndarray":
    """A function of six columns with curves and products, as in Friedman's first (1991)."""
    import numpy as np

    found: np.ndarray = (
        x[:, 0] + np.sin(2 * x[:, 1]) + x[:, 2] * x[:, 3] + 0.5 * x[:, 4] ** 2 - 0.7 * (x[:, 5] > 0)
    )
    return found


def tossed(generator: "np.random.Generator", value: "np.ndarray") -> "np.ndarray":
    """0 or 1 of each log odds."""
    import numpy as np

    found: np.ndarray = (generator.random(len(value)) < 1 / (1 + np.exp(-value))).astype(int)
    return found


def codes(draw: int) -> Shape:
    """Twenty columns of integer codes that mean nothing as numbers."""
    import numpy as np

    generator, _ = drawn(20_000, 1 + 10 * draw)
    x = generator.integers(0, 12, size=(20_000, 20))
    effects = generator.normal(size=(20, 12))
    value = sum(effects[k][x[:, k]] for k in range(8)) * 0.6
    pairs = generator.normal(size=(12, 12))
    value = np.asarray(value) + 0.8 * pairs[x[:, 0], x[:, 1]]
    frame = numbered(x)
    return Shape(
        "binary", frame.assign(target=tossed(generator, value - value.mean())), list(frame)
    )


def missing(draw: int) -> Shape:
    """More than half of the values missing, in two columns where it tells something."""
    import numpy as np

    generator, x = drawn(20_000, 2 + 10 * draw)
    value = smooth(x)
    y = tossed(generator, value - value.mean())
    gone = generator.random(x.shape) < 0.6
    gone[:, 0] = generator.random(len(x)) < 1 / (1 + np.exp(-2 * x[:, 0]))
    gone[:, 6] = generator.random(len(x)) < 0.3 + 0.4 * y
    return Shape("binary", numbered(np.where(gone, np.nan, x)).assign(target=y))


def imbalance(draw: int) -> Shape:
    """One row in a hundred is positive."""
    import numpy as np

    generator, x = drawn(50_000, 3 + 10 * draw)
    value = 1.5 * smooth(x) + generator.logistic(size=len(x))
    return Shape(
        "binary", numbered(x).assign(target=(value > np.quantile(value, 0.99)).astype(int))
    )


def cardinality(draw: int) -> Shape:
    """Categories in their thousands, most of them rare."""
    import numpy as np

    generator, x = drawn(30_000, 4 + 10 * draw)
    value, texts = 0.5 * smooth(x), {}
    for number, many in enumerate((8000, 2000, 200)):
        drawn_from = generator.zipf(1.3, size=len(x)) % many
        value = value + generator.normal(size=many)[drawn_from]
        texts[f"c{number}"] = np.char.add("v", drawn_from.astype(str))
    frame = numbered(x).assign(**texts)
    return Shape(
        "binary", frame.assign(target=tossed(generator, value - value.mean())), list(texts)
    )


def heavy_tail(draw: int, transform: str | None = None) -> Shape:
    """A target such as a claim or a price: its logarithm is what the columns add up to."""
    import numpy as np

    generator, x = drawn(20_000, 5 + 10 * draw)
    pay = np.exp(4 + 0.7 * smooth(x) + 0.8 * generator.normal(size=len(x)))
    return Shape("regression", numbered(x).assign(target=pay), transform=transform)


def ordinal(draw: int, task: str) -> Shape:
    """Grades from 1 to 5."""
    import numpy as np

    generator, x = drawn(10_000, 6 + 10 * draw)
    value = smooth(x) + generator.normal(size=len(x))
    grades = 1 + np.digitize(value, np.quantile(value, [0.1, 0.3, 0.65, 0.9]))
    return Shape(task, numbered(x).assign(target=grades))


def drifting(draw: int) -> Shape:
    """Rows in time order, whose columns and their effects move."""
    import numpy as np

    generator, x = drawn(30_000, 7 + 10 * draw)
    when = np.linspace(0, 1, len(x))
    x[:, 6] += 2 * when
    value = smooth(x) * (1 - 0.5 * when) + 1.5 * when * x[:, 7] + 0.3 * x[:, 6]
    frame = numbered(x).assign(target=tossed(generator, value - value.mean()))
    return Shape("binary", frame, ordered=True)


def large(draw: int) -> Shape:
    """300,000 rows, numbers and categories."""
    import numpy as np

    generator, x = drawn(300_000, 8 + 10 * draw)
    city, shop = generator.integers(0, 50, len(x)), generator.integers(0, 1000, len(x))
    value = (
        0.7 * smooth(x) + generator.normal(size=50)[city] + 0.7 * generator.normal(size=1000)[shop]
    )
    frame = numbered(x).assign(city=np.char.add("c", city.astype(str)), shop=shop.astype(str))
    y = tossed(generator, value - value.mean())
    return Shape("binary", frame.assign(target=y), ["city", "shop"])


def bundled(name: str, task: str) -> Shape:
    """A table that comes with scikit-learn."""
    from sklearn import datasets

    found = getattr(datasets, f"load_{name}")()
    return Shape(task, numbered(found.data).assign(target=found.target))


SHAPES: dict[str, Callable[[int], Shape]] = {
    "integer codes, all categorical": codes,
    "60 % missing": missing,
    "1 % positive": imbalance,
    "8,000 categories": cardinality,
    "heavy tail": heavy_tail,
    "heavy tail, log1p": lambda draw: heavy_tail(draw, "log1p"),
    "grades 1 to 5, regression": lambda draw: ordinal(draw, "regression"),
    "grades 1 to 5, multiclass": lambda draw: ordinal(draw, "multiclass"),
    "time order, drift": drifting,
    "breast_cancer": lambda _: bundled("breast_cancer", "binary"),
    "wine": lambda _: bundled("wine", "multiclass"),
    "diabetes": lambda _: bundled("diabetes", "regression"),
    "digits": lambda _: bundled("digits", "multiclass"),
    "300,000 rows": large,
}


def prepared(shape: Shape, model: str, seed: int) -> Config:
    """Write params.yaml and data/splits/ here, as compose, featurize and split would."""
    import numpy as np

    composed: Any = OmegaConf.to_container(compose([f"model={model}", f"seed={seed}"]))
    frame = shape.frame.assign(row=range(len(shape.frame)))
    roles = {"numeric": [n for n in shape.frame if n not in [*shape.categorical, "target"]]}
    columns = {"row": {"type": "int"}, "target": {"type": "float"}}
    composed["dataset"] = {
        **{"name": "own", "recipe": RECIPE, "raw": "none", "task": shape.task, "target": "target"},
        **{"key": ["row"], "categorical": shape.categorical, "leakage_limit": 1.0, **roles},
        **{"target_transform": shape.transform, "checks": {"columns": columns}},
    }
    composed["split"] = {"kind": "random"}
    write_text(Path("params.yaml"), OmegaConf.to_yaml(composed))
    config = load_config()
    rows, split = len(frame), config.split
    order = np.arange(rows) if shape.ordered else np.random.default_rng(seed).permutation(rows)
    tests, valids = round(rows * split.test_share), round(rows * split.valid_share)
    ends = (rows - tests - valids, rows - tests, rows)
    kept, start = keep_roles(frame, config.dataset), 0
    for name, end in zip(SPLITS, ends, strict=True):
        few = kept.iloc[np.sort(order[start:end])].reset_index(drop=True)
        write_partition(few, fresh(Path("data/splits") / name) / "part.parquet")
        start = end
    return config


def ours(config: Config, side: str) -> tuple["np.ndarray", float, int]:
    """Predictions of train and, of test, evaluate; the threshold; how many trees the model has."""
    task = config.dataset.task
    train.main()
    loaded = bundle.load(train.CANDIDATE)
    trees = loaded.model.tree_count_ if config.model.kind == "catboost" else 0
    if side == "valid":
        p = loaded.predict(read_all(Path("data/splits/valid")))
    else:
        evaluate.main()
        told = read_all(Path("data/predictions"))
        p = from_columns(told, task, prediction_columns(task, loaded.signature["classes"]))
    return p, loaded.signature["threshold"], trees


def plain(config: Config, side: str, iterations: int | None) -> tuple["np.ndarray", int]:
    """Predictions of CatBoost as the library comes, with valid as its eval_set, and its trees."""
    import catboost

    dataset, task = config.dataset, config.dataset.task
    tables = {name: read_all(Path("data/splits") / name) for name in SPLITS}
    _, classes = encode(tables["train"]["target"], task, None)
    pools = {
        name: catboost.Pool(
            table[dataset.numeric + dataset.categorical],
            encode(table["target"], task, classes or None)[0],
            cat_features=dataset.categorical,
        )
        for name, table in tables.items()
    }
    estimator = catboost.CatBoostRegressor if task == "regression" else catboost.CatBoostClassifier
    more = {} if iterations is None else {"iterations": iterations}
    model = estimator(random_seed=config.seed, thread_count=2, verbose=False,
                      allow_writing_files=False, loss_function=LOSS[task], **more)  # fmt: skip
    model.fit(pools["train"], eval_set=pools["valid"])
    if task == "regression":
        return model.predict(pools[side]), model.tree_count_
    p = model.predict_proba(pools[side])
    return (p[:, 1] if task == "binary" else p), model.tree_count_


def measured(shape: Shape, model: str, side: str, seed: int, also: bool) -> Record:
    """Ours against plain CatBoost, as it comes and also with as many iterations, on one shape."""
    config = prepared(shape, model, seed)
    task, metric = shape.task, METRICS[shape.task][0]
    start = time.perf_counter()
    p, threshold, trees = ours(config, side)
    seconds = time.perf_counter() - start
    _, classes = encode(read_all(Path("data/splits/train"))["target"], task, None)
    y, _ = encode(read_all(Path("data/splits") / side)["target"], task, classes or None)
    found: Record = {"task": task, "metric": metric, "trees": trees, "seconds": seconds}
    against = {"defaults": None}
    if also:
        against["same iterations"] = config.model.params.get("iterations")
    for name, iterations in against.items():
        start = time.perf_counter()
        theirs, many = plain(config, side, iterations)
        took = time.perf_counter() - start
        records = paired_difference(task, y, (theirs, 0.5), (p, threshold), seed)
        found[name] = {"trees": many, "seconds": took, "metrics": records}
    return found


def repeated(name: str, given: argparse.Namespace) -> Record:
    """The first draw, and of all draws how our loss differs from the library's, with its 95 % interval.

    A draw is new rows, or another split of a table that is what it is; the interval is Student's over draws,
    so that it holds the luck of a training too.
    """
    import numpy as np
    from scipy.special import stdtrit

    first: Record = {}
    differences = []
    for draw in range(given.repeats):
        shape = SHAPES[name](draw)
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.chdir(folder),
            open(os.devnull, "w") as nothing,
            contextlib.redirect_stdout(nothing),
        ):
            found = measured(shape, given.model, given.side, given.seed + draw, given.same)
        first = first or found
        differences.append(found["defaults"]["metrics"][found["metric"]]["difference"])
    mean = float(np.mean(differences))
    if given.repeats > 1:
        half = float(stdtrit(given.repeats - 1, 0.975) * np.std(differences, ddof=1))
        first["draws"] = {
            "differences": differences,
            "mean": mean,
            "half": half / given.repeats**0.5,
        }
    return first


def line(name: str, one: Record) -> str:
    """A row of the table."""
    cells = [name, one["metric"], f"{one['defaults']['metrics'][one['metric']]['new']:.4g}"]
    for against in [name for name in ("defaults", "same iterations") if name in one]:
        record = one[against]["metrics"][one["metric"]]
        low, high = record["interval"]
        told = record["verdict"].replace("not distinguishable", "within noise")
        cells += [
            f"{record['old']:.4g}",
            f"{record['difference']:+.2g} ({low:+.2g} to {high:+.2g})",
        ]
        cells += [told]
    if "draws" in one:
        mean, half = one["draws"]["mean"], one["draws"]["half"]
        cells += [f"{mean:+.2g} ({mean - half:+.2g} to {mean + half:+.2g})"]
    cells += [f"{one['trees']} / {one['defaults']['trees']}"]
    cells += [f"{one['seconds']:.1f} / {one['defaults']['seconds']:.1f}"]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure each shape in a folder of its own and print its row."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="catboost_own", help="which of conf/model/")
    parser.add_argument("--side", choices=("valid", "test"), default="test")
    parser.add_argument("--shapes", nargs="+", help="words of their names; all")
    parser.add_argument("--repeats", type=int, default=1, help="draws of each shape")
    parser.add_argument("--same", action="store_true", help="also CatBoost with our iterations")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--json", type=Path, help="write everything that was measured there, too")
    given = parser.parse_args()
    head = ["shape", "metric", "Lockstep"]
    for what in ("CatBoost", *(["CatBoost, same iterations"] if given.same else [])):
        head += [what, "difference (95 %)", "Lockstep is"]
    head += [f"than CatBoost, mean of {given.repeats} draws"] if given.repeats > 1 else []
    head += ["trees", "seconds"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    print("\n".join(lines), flush=True)
    results = {}
    for name in SHAPES:
        if given.shapes and not any(word in name for word in given.shapes):
            continue
        results[name] = repeated(name, given)
        print(line(name, results[name]), flush=True)
    if given.json:
        write_json(given.json, {"model": given.model, "side": given.side, "shapes": results})


if __name__ == "__main__":
    main()
