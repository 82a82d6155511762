"""The champion on the challenger's test rows, by its own recipe, so that the two are judged alike."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError
from lockstep.core.partitions import paths, read
from lockstep.data.distinct import hashed
from lockstep.evaluation.comparison import paired
from lockstep.registry import serving
from lockstep.training import bundle
from lockstep.training.predictions import array, names
from lockstep.training.target import encode

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Record = dict[str, Any]
CANDIDATE, PREDICTIONS = Path("models/candidate"), Path("data/predictions")
TEST, VALIDATED = Path("data/splits/test"), Path("data/validated")


def same_features(folder: Path, challenger: Record, champion: Record) -> bool:
    """Whether champion and challenger make the same features: equal recipes, columns in equal roles."""
    recipes = [
        {name: digest for name, digest in bundle.verify(where).items() if name.endswith(".py")}
        for where in (folder, CANDIDATE)
    ]
    return recipes[0] == recipes[1] and all(
        challenger[name] == champion[name] for name in ("numeric", "categorical")
    )


def with_features(frame: "pd.DataFrame", signature: Record) -> "pd.DataFrame":
    """The frame. Raises DataError where it lacks a feature of the model."""
    for name in signature["numeric"] + signature["categorical"]:
        if name not in frame:
            raise DataError(f"the rows lack its feature {name}")
    return frame


def own_predictions(
    folder: Path, champion: bundle.Bundle, keys: "np.ndarray", key: list[str]
) -> "np.ndarray":
    """The champion's predictions of features by its own recipe, in the order of keys, the test rows' hashes.

    Raises DataError where its recipe cannot make them of today's rows, or not for each row once.
    """
    import numpy as np

    hashes, order = bundle.verify(folder), np.argsort(keys)
    code, dataset = serving.recipe(folder, hashes), bundle.dataset(folder, hashes)
    ordered, n_predictions = keys[order], np.zeros(len(keys), dtype=np.int64)
    predictions: np.ndarray | None = None
    for path in paths(VALIDATED):
        rows = read(path)
        hashes_of_rows = hashed(rows[key])
        place_in_order = np.minimum(np.searchsorted(ordered, hashes_of_rows), len(keys) - 1)
        is_test = ordered[place_in_order] == hashes_of_rows
        if is_test.any():
            test_rows = rows[is_test].reset_index(drop=True)
            features = serving.featurize(code, dataset, test_rows, str(folder))
            p = champion.predict(with_features(features, champion.signature))
            predictions = (
                np.empty((len(keys), *p.shape[1:])) if predictions is None else predictions
            )
            place = order[place_in_order[is_test]]
            predictions[place] = p
            np.add.at(n_predictions, place, 1)
    if predictions is None or (n_predictions != 1).any():
        raise DataError("its recipe does not give each test row once")
    return predictions


def read_predictions(key: list[str], called: list[str]) -> tuple["np.ndarray", "pd.DataFrame"]:
    """Hashes of the keys of the challenger's predictions, and the predictions: a few numbers a row."""
    import numpy as np
    import pandas as pd
    import pyarrow.parquet as pq

    keys, predictions = [], []
    for path in paths(PREDICTIONS):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=[*key, *called]):
                frame = batch.to_pandas()
                keys.append(hashed(frame[key]))
                predictions.append(frame[called])
    return np.concatenate(keys), pd.concat(predictions, ignore_index=True)


def judged(folder: Path, key: list[str], seed: int) -> dict[str, Record]:
    """Each metric of challenger (new) and champion (old) on the test rows, as compare.paired gives it.

    folder holds the champion's bundle. Raises DataError that says why the two cannot be compared.
    """
    import numpy as np

    champion, challenger = bundle.load(folder), bundle.load(CANDIDATE)
    ours, theirs = challenger.signature, champion.signature
    for name in ("task", "target", "classes"):
        if ours[name] != theirs[name]:
            raise DataError(f"its {name} is {theirs[name]!r}, not {ours[name]!r}")
    task, called = ours["task"], names(ours["task"], ours["classes"])
    keys, predictions = read_predictions(key, called)
    same = same_features(folder, ours, theirs)
    y, test_keys, old = [], [], []
    for path in paths(TEST):
        frame = read(path)
        y.append(encode(frame[ours["target"]], task, ours["classes"])[0])
        test_keys.append(hashed(frame[key]))
        if same:
            old.append(champion.predict(with_features(frame, theirs)))
    if not np.array_equal(np.concatenate(test_keys), keys):
        raise DataError(f"{PREDICTIONS} and {TEST} hold other rows; run `dvc repro`")
    before = np.concatenate(old) if same else own_predictions(folder, champion, keys, key)
    new = array(predictions, task, called)
    return paired(
        task, np.concatenate(y), (before, theirs["threshold"]), (new, ours["threshold"]), seed
    )
