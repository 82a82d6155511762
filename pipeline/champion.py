"""The champion on the challenger's test rows, by its own recipe, so that the two are judged alike."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import bundle, serve
from pipeline.compare import paired
from pipeline.metrics import LOWER_IS_BETTER
from pipeline.partitions import paths, read, read_all
from pipeline.stage.errors import DataError
from pipeline.target import encode

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Record = dict[str, Any]
CANDIDATE, PREDICTIONS = Path("models/candidate"), Path("data/predictions")
TEST, VALIDATED = Path("data/splits/test"), Path("data/validated")


def same_features(one: Path, other: Path) -> bool:
    """Whether two bundles make the same features: equal recipes, and columns in equal roles."""
    recipes = [
        {n: h for n, h in bundle.verify(f).items() if n.endswith(".py")} for f in (one, other)
    ]
    roles = [bundle.load(folder).signature for folder in (one, other)]
    return recipes[0] == recipes[1] and all(
        roles[0][name] == roles[1][name] for name in ("numeric", "categorical", "target", "task")
    )


def own_features(folder: Path, test: "pd.DataFrame", key: list[str]) -> "pd.DataFrame":
    """The test rows' features by the champion's recipe, in the order of test.

    Raises DataError where its recipe cannot make them of today's rows, or not for each row.
    """
    import pandas as pd

    wanted = test[key]
    parts = []
    for path in paths(VALIDATED):
        rows = read(path).merge(wanted, on=key)
        if len(rows):
            parts.append(serve.features(folder, rows))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=key)
    ordered: pd.DataFrame = wanted.merge(found, on=key, how="left", indicator=True)
    if (ordered["_merge"] != "both").any() or len(ordered) != len(test):
        raise DataError("its recipe does not give each test row once")
    return ordered


def judged(folder: Path, key: list[str], seed: int) -> dict[str, Record]:
    """Each metric of challenger (new) and champion (old) on the test rows, as compare.paired gives it.

    folder holds the champion's bundle. Raises DataError that says why the two cannot be compared.
    """
    champion, challenger = bundle.load(folder), bundle.load(CANDIDATE)
    ours, theirs = challenger.signature, champion.signature
    for name in ("task", "target", "classes"):
        if ours[name] != theirs[name]:
            raise DataError(f"its {name} is {theirs[name]!r}, not {ours[name]!r}")
    test, told = read_all(TEST), read_all(PREDICTIONS)
    if not told[key].equals(test[key]):
        raise DataError(f"{PREDICTIONS} and {TEST} hold other rows; run `dvc repro`")
    same = same_features(folder, CANDIDATE)
    features = test if same else own_features(folder, test, key)
    missing = [n for n in theirs["numeric"] + theirs["categorical"] if n not in features]
    if missing:
        raise DataError(f"the rows lack its feature {missing[0]}")
    y, _ = encode(test[ours["target"]], ours["task"], ours["classes"])
    old, new = champion.predict(features), said(told, ours)
    return paired(ours["task"], y, (old, theirs["threshold"]), (new, ours["threshold"]), seed)


def said(predictions: "pd.DataFrame", signature: Record) -> "np.ndarray":
    """What evaluate wrote of each row, in the shape in which a bundle predicts."""
    if signature["task"] == "multiclass":
        found: np.ndarray = predictions[[f"p_{name}" for name in signature["classes"]]].to_numpy()
        return found
    name = "score" if signature["task"] == "binary" else "prediction"
    column: np.ndarray = predictions[name].to_numpy()
    return column


def worse(record: Record, metric: str, unit: float) -> tuple[float, list[float]]:
    """How much worse the challenger is, and the interval of that, as shares of the unit."""
    if metric in LOWER_IS_BETTER:
        return record["difference"] / unit, [edge / unit for edge in record["interval"]]
    low, high = record["interval"]
    return -record["difference"] / unit, [-high / unit, -low / unit]
