"""Evaluate the champion on the challenger's test rows, by its own recipe, and compare the two."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError
from lockstep.core.partitions import partition_paths, read_partition
from lockstep.data.distinct import hash_rows
from lockstep.evaluation.comparison import paired_difference
from lockstep.registry import serving
from lockstep.training import bundle
from lockstep.training.own_metrics import OwnMetrics
from lockstep.training.predictions import from_columns, prediction_columns
from lockstep.training.target import encode

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Record = dict[str, Any]
CANDIDATE, PREDICTIONS = Path("models/candidate"), Path("data/predictions")
TEST, VALIDATED = Path("data/splits/test"), Path("data/validated")


def same_features(folder: Path, challenger: Record, champion: Record) -> bool:
    """Whether champion and challenger make the same features: equal recipes, columns in equal roles.

    Parameters
    ----------
    folder : Path
        The champion's bundle.
    challenger, champion : dict
        Their signatures.
    """
    recipes = [
        {
            name: digest
            for name, digest in bundle.verify(bundle_folder).items()
            if name.startswith("recipe") and name.endswith(".py")
        }
        for bundle_folder in (folder, CANDIDATE)
    ]
    return recipes[0] == recipes[1] and all(
        challenger[name] == champion[name] for name in ("numeric", "categorical")
    )


def require_features(frame: "pd.DataFrame", signature: Record) -> "pd.DataFrame":
    """Return the frame. Raises DataError where it lacks a feature of the model."""
    for name in signature["numeric"] + signature["categorical"]:
        if name not in frame:
            raise DataError(f"the rows lack its feature {name}")
    return frame


def own_predictions(
    folder: Path, champion: bundle.Bundle, keys: "np.ndarray", key: list[str]
) -> "np.ndarray":
    """Return the champion's predictions of the test rows, with features by its own recipe.

    Parameters
    ----------
    folder : Path
        The champion's bundle.
    champion : Bundle
        The bundle, loaded.
    keys : uint64 array, shape (rows,)
        Hashes of the test rows' keys; predictions come in their order.
    key : list of str
        Columns that name a row.

    Raises
    ------
    DataError
        Where its recipe cannot make features of today's rows, or not for each row once.
    """
    import numpy as np

    hashes, order = bundle.verify(folder), np.argsort(keys)
    code, dataset = serving.recipe(folder, hashes), bundle.read_dataset(folder, hashes)
    ordered, n_predictions = keys[order], np.zeros(len(keys), dtype=np.int64)
    predictions: np.ndarray | None = None
    for path in partition_paths(VALIDATED):
        rows = read_partition(path)
        hashes_of_rows = hash_rows(rows[key])
        place_in_order = np.minimum(np.searchsorted(ordered, hashes_of_rows), len(keys) - 1)
        is_test = ordered[place_in_order] == hashes_of_rows
        if is_test.any():
            test_rows = rows[is_test].reset_index(drop=True)
            features = serving.featurize(code, dataset, test_rows, str(folder))
            y_prob = champion.predict(require_features(features, champion.signature))
            predictions = (
                np.empty((len(keys), *y_prob.shape[1:])) if predictions is None else predictions
            )
            place = order[place_in_order[is_test]]
            predictions[place] = y_prob
            np.add.at(n_predictions, place, 1)
    if predictions is None or (n_predictions != 1).any():
        raise DataError("its recipe does not give each test row once")
    return predictions


def read_predictions(key: list[str], columns: list[str]) -> tuple["np.ndarray", "pd.DataFrame"]:
    """Return hashes of the keys of the challenger's predictions, and the predictions."""
    import numpy as np
    import pandas as pd
    import pyarrow.parquet as pq

    keys, predictions = [], []
    for path in partition_paths(PREDICTIONS):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=[*key, *columns]):
                frame = batch.to_pandas()
                keys.append(hash_rows(frame[key]))
                predictions.append(frame[columns])
    return np.concatenate(keys), pd.concat(predictions, ignore_index=True)


def require_same_task(challenger: Record, champion: Record) -> None:
    """Raise DataError where the signatures differ in task, target or classes."""
    for name in ("task", "target", "classes"):
        if challenger[name] != champion[name]:
            raise DataError(f"its {name} is {champion[name]!r}, not {challenger[name]!r}")


def compare_with_champion(
    folder: Path, key: list[str], seed: int, own: OwnMetrics = ()
) -> dict[str, Record]:
    """Compare challenger (new) and champion (old) on the test rows.

    Parameters
    ----------
    folder : Path
        The champion's bundle.
    key : list of str
        Columns that name a row.
    seed : int
        Of the bootstrap.
    own : sequence of OwnFunction
        The owner's metrics.

    Returns
    -------
    dict
        Each metric's difference, as comparison.paired returns it.

    Raises
    ------
    DataError
        It says why the two cannot be compared.
    """
    import numpy as np

    champion, challenger = bundle.load(folder), bundle.load(CANDIDATE)
    new, old = challenger.signature, champion.signature
    require_same_task(new, old)
    task, classes = new["task"], new["classes"]
    columns = prediction_columns(task, classes)
    keys, predictions = read_predictions(key, columns)
    has_same_features = same_features(folder, new, old)
    y_true, test_keys, old_parts = [], [], []
    for path in partition_paths(TEST):
        frame = read_partition(path)
        y_true.append(encode(frame[new["target"]], task, classes)[0])
        test_keys.append(hash_rows(frame[key]))
        if has_same_features:
            old_parts.append(champion.predict(require_features(frame, old)))
    if not np.array_equal(np.concatenate(test_keys), keys):
        raise DataError(f"{PREDICTIONS} and {TEST} hold other rows; run `dvc repro`")
    if has_same_features:
        old_prob = np.concatenate(old_parts)
    else:
        old_prob = own_predictions(folder, champion, keys, key)
    new_prob = from_columns(predictions, task, columns)
    old_result, new_result = (old_prob, old["threshold"]), (new_prob, new["threshold"])
    y_true_all = np.concatenate(y_true)
    return paired_difference(task, y_true_all, old_result, new_result, seed, own=own)
