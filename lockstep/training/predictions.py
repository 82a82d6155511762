"""What a model says of each row, as columns."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def names(task: str, classes: list[str]) -> list[str]:
    """score, for the probability of the second class; p_CLASS for each; or prediction, for the value."""
    if task == "multiclass":
        return [f"p_{name}" for name in classes]
    return ["score" if task == "binary" else "prediction"]


def columns(task: str, p: "np.ndarray", classes: list[str]) -> dict[str, "np.ndarray"]:
    """Predictions by the names of their columns."""
    parts = p.T if task == "multiclass" else [p]
    return dict(zip(names(task, classes), parts, strict=True))


def array(frame: "pd.DataFrame", task: str, called: list[str]) -> "np.ndarray":
    """The columns of these names in the shape in which a bundle predicts."""
    result: np.ndarray = frame[called if task == "multiclass" else called[0]].to_numpy()
    return result


def said(task: str, p: "np.ndarray", threshold: float, classes: list[str]) -> "np.ndarray | None":
    """The class that each row is taken for, as text, shape (rows,); None for a regression."""
    import numpy as np

    if task == "regression":
        return None
    index = (p >= threshold).astype(int) if task == "binary" else p.argmax(axis=1)
    result: np.ndarray = np.array(classes, dtype=object)[index]
    return result
