"""The target as numbers: 0/1, class index, or value; its transform, and the weights of its classes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lockstep.core.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


MAX_LOGARITHM = 700.0  # its exponential still fits a float


def find_classes(parts: Iterable["pd.Series"], task: str) -> list[str]:
    """Return the classes of a target that comes in parts, in order; none for a regression.

    Raises DataError for a number of classes other than the task's.
    """
    if task == "regression":
        return []
    names, known = "", set[str]()
    for target in parts:
        names = str(target.name)
        known.update(target.drop_duplicates().astype(str))
    if len(known) < 2 or (task == "binary" and len(known) > 2):
        expected = "two classes" if task == "binary" else "two or more classes"
        raise DataError(
            f"target {names} has {len(known)} in the training rows ({', '.join(sorted(known)[:5])}), "
            f"expected {expected}; look at split and dataset.task"
        )
    return sorted(known)


def encode(
    target: "pd.Series", task: str, classes: list[str] | None
) -> tuple["np.ndarray", list[str]]:
    """Return the encoded target, shape (rows,), and the classes in order.

    Parameters
    ----------
    target : Series
        The target.
    task : str
        binary, multiclass or regression.
    classes : list of str or None
        The classes, in order; None: those of this target.

    Raises
    ------
    DataError
        For a class that training did not see, and for a number of classes other than the task's.
    """
    import numpy as np
    import pandas as pd

    if task == "regression":
        return target.to_numpy(dtype=float), []
    known = find_classes([target], task) if classes is None else classes
    index = {name: number for number, name in enumerate(known)}
    codes, values = pd.factorize(target, use_na_sentinel=False)
    texts = pd.Series(values).astype(str).tolist()
    unknown = sorted(set(texts) - set(index))
    if unknown:
        raise DataError(
            f"target {target.name} has the class {unknown[0]!r}, which no training row has; "
            "use split=stratified, or leave the class out in the recipe's load()"
        )
    return np.array([index[text] for text in texts], dtype="int64")[codes], known


def transform_target(values: "np.ndarray", transform: str | None, name: str) -> "np.ndarray":
    """Return the target that a model is fitted on: as it is, or its log(1 + target).

    Parameters
    ----------
    values : array, shape (rows,)
        The encoded target.
    transform : str or None
        dataset.target_transform.
    name : str
        The target, for a message.

    Raises
    ------
    DataError
        For a value below zero, which has no such logarithm.
    """
    import numpy as np

    if transform is None:
        return values
    lowest = float(values.min())
    if lowest < 0:
        raise DataError(
            f"target {name} goes down to {lowest:g}, and dataset.target_transform {transform} needs values "
            "of at least 0; set it to null, or add a constant to the target in the recipe's load()"
        )
    result: np.ndarray = np.log1p(values)
    return result


def restore_target(fitted: "np.ndarray", transform: str | None) -> "np.ndarray":
    """Return predictions in the target's own unit; a mean of logarithms becomes nearer to a median."""
    import numpy as np

    if transform is None:
        return fitted
    result: np.ndarray = np.expm1(np.minimum(fitted, MAX_LOGARITHM))
    return result


def class_weights(target: "np.ndarray", kind: str) -> "np.ndarray":
    """Return the weight of each row, shape (rows,): one, or such that each class weighs the same."""
    import numpy as np

    if kind == "none":
        return np.broadcast_to(np.float64(1), len(target))  # takes no memory
    _, inverse, counts = np.unique(target, return_inverse=True, return_counts=True)
    weights: np.ndarray = (len(target) / (len(counts) * counts))[inverse]
    return weights
