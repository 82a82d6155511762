"""The target as numbers: 0/1, class index, or value; what is fitted of it, and its classes' weights."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lockstep.core.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


HIGHEST = 700.0  # logarithm, whose exponential a float still holds


def known_classes(parts: Iterable["pd.Series"], task: str) -> list[str]:
    """The classes of a target that comes in parts, in order; none for a regression.

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
    """Encoded target, shape (rows,), and the classes in order; given classes are kept.

    Raises DataError for a class that training did not see, and for a number of classes other than the
    task's.
    """
    import numpy as np
    import pandas as pd

    if task == "regression":
        return target.to_numpy(dtype=float), []
    known = known_classes([target], task) if classes is None else classes
    index = {name: number for number, name in enumerate(known)}
    codes, values = pd.factorize(target, use_na_sentinel=False)
    texts = pd.Series(values).astype(str).tolist()
    strange = sorted(set(texts) - set(index))
    if strange:
        raise DataError(
            f"target {target.name} has the class {strange[0]!r}, which no training row has; "
            "use split=stratified, or leave the class out in the recipe's load()"
        )
    return np.array([index[text] for text in texts], dtype="int64")[codes], known


def transformed(values: "np.ndarray", transform: str | None, name: str) -> "np.ndarray":
    """What a model is fitted on: the encoded target, shape (rows,), or its log(1 + target).

    Raises DataError that names the target for a value below zero, of which there is no such logarithm.
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


def restored(fitted: "np.ndarray", transform: str | None) -> "np.ndarray":
    """What a model says, in the target's own unit; of a mean of logarithms that is nearer to a median."""
    import numpy as np

    if transform is None:
        return fitted
    result: np.ndarray = np.expm1(np.minimum(fitted, HIGHEST))
    return result


def class_weights(target: "np.ndarray", kind: str) -> "np.ndarray":
    """Weight of each row, shape (rows,): one, or such that each class weighs the same."""
    import numpy as np

    if kind == "none":
        return np.broadcast_to(np.float64(1), len(target))  # takes no memory
    _, inverse, counts = np.unique(target, return_inverse=True, return_counts=True)
    weights: np.ndarray = (len(target) / (len(counts) * counts))[inverse]
    return weights
