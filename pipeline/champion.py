"""The champion on the challenger's test rows, by its own recipe, so that the two are judged alike."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import bundle, serve
from pipeline.compare import paired
from pipeline.outcome import array, names
from pipeline.partitions import paths, read, read_all
from pipeline.stage.errors import DataError
from pipeline.target import encode

if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, Any]
CANDIDATE, PREDICTIONS = Path("models/candidate"), Path("data/predictions")
TEST, VALIDATED = Path("data/splits/test"), Path("data/validated")


def same_features(folder: Path, ours: Record, theirs: Record) -> bool:
    """Whether champion and challenger make the same features: equal recipes, columns in equal roles."""
    recipes = [
        {name: one for name, one in bundle.verify(where).items() if name.endswith(".py")}
        for where in (folder, CANDIDATE)
    ]
    return recipes[0] == recipes[1] and all(
        ours[name] == theirs[name] for name in ("numeric", "categorical")
    )


def own_features(folder: Path, test: "pd.DataFrame", key: list[str]) -> "pd.DataFrame":
    """The test rows' features by the champion's recipe, in the order of test.

    Raises DataError where its recipe cannot make them of today's rows, or not for each row.
    """
    import pandas as pd

    wanted, hashes = test[key], bundle.verify(folder)
    code, dataset = serve.recipe(folder, hashes), bundle.dataset(folder, hashes)
    parts = []
    for path in paths(VALIDATED):
        rows = read(path).merge(wanted, on=key)
        if len(rows):
            parts.append(serve.featurize(code, dataset, rows, str(folder)))
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=key)
    ordered: pd.DataFrame = wanted.merge(found, on=key)  # in the order of the left side
    if found.duplicated(key).any() or len(ordered) != len(test):
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
    same = same_features(folder, ours, theirs)
    features = test if same else own_features(folder, test, key)
    missing = [n for n in theirs["numeric"] + theirs["categorical"] if n not in features]
    if missing:
        raise DataError(f"the rows lack its feature {missing[0]}")
    y, _ = encode(test[ours["target"]], ours["task"], ours["classes"])
    task, called = ours["task"], names(ours["task"], ours["classes"])
    old, new = champion.predict(features), array(told, task, called)
    return paired(task, y, (old, theirs["threshold"]), (new, ours["threshold"]), seed)
