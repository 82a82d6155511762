"""The target as numbers: 0/1, class index, or value; and the weights of its classes."""

from typing import TYPE_CHECKING

from pipeline.stage.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def encode(
    target: "pd.Series", task: str, classes: list[str] | None
) -> tuple["np.ndarray", list[str]]:
    """Encoded target, shape (rows,), and the classes in order; given classes are kept.

    Raises DataError for a class that training did not see, and for a number of classes other than the
    task's.
    """
    if task == "regression":
        return target.to_numpy(dtype=float), []
    text = target.astype(str)
    known = sorted(text.unique().tolist()) if classes is None else classes
    if classes is None and (len(known) < 2 or (task == "binary" and len(known) > 2)):
        wanted = "two classes" if task == "binary" else "two or more classes"
        raise DataError(
            f"target {target.name} has {len(known)} in the training rows ({', '.join(known[:5])}), "
            f"expected {wanted}; look at split and dataset.task"
        )
    index = {name: number for number, name in enumerate(known)}
    strange = sorted(set(text.unique()) - set(index))
    if strange:
        raise DataError(
            f"target {target.name} has the class {strange[0]!r}, which no training row has; "
            "use split=stratified, or leave the class out in the recipe's load()"
        )
    return text.map(index).to_numpy(dtype="int64"), known


def class_weights(target: "np.ndarray", kind: str) -> "np.ndarray":
    """Weight of each row, shape (rows,): one, or such that each class weighs the same."""
    import numpy as np

    if kind == "none":
        return np.ones(len(target))
    _, inverse, counts = np.unique(target, return_inverse=True, return_counts=True)
    weights: np.ndarray = (len(target) / (len(counts) * counts))[inverse]
    return weights
