"""Prediction columns of each task."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def prediction_columns(task: str, classes: list[str]) -> list[str]:
    """Return the columns' names: score (P of the second class), p_CLASS for each class, or prediction."""
    if task == "multiclass":
        return [f"p_{name}" for name in classes]
    return ["score" if task == "binary" else "prediction"]


def as_columns(task: str, y_prob: "np.ndarray", classes: list[str]) -> dict[str, "np.ndarray"]:
    """Return predictions by the names of their columns.

    Parameters
    ----------
    task : str
        binary, multiclass or regression.
    y_prob : array, shape (rows,) or (rows, classes)
        Predictions.
    classes : list of str
        In the order of the columns of y_prob.
    """
    parts = y_prob.T if task == "multiclass" else [y_prob]
    return dict(zip(prediction_columns(task, classes), parts, strict=True))


def from_columns(frame: "pd.DataFrame", task: str, columns: list[str]) -> "np.ndarray":
    """Return prediction columns as an array in the shape in which a bundle predicts.

    Parameters
    ----------
    frame : DataFrame
        Rows with predictions.
    task : str
        binary, multiclass or regression.
    columns : list of str
        Their names.
    """
    result: np.ndarray = frame[columns if task == "multiclass" else columns[0]].to_numpy()
    return result


def predicted_classes(
    task: str, y_prob: "np.ndarray", threshold: float, classes: list[str]
) -> "np.ndarray | None":
    """Return the predicted class of each row, as text, shape (rows,); None for a regression.

    Parameters
    ----------
    task : str
        binary, multiclass or regression.
    y_prob : array, shape (rows,) or (rows, classes)
        Predictions.
    threshold : float
        From which a binary row is positive.
    classes : list of str
        In order.
    """
    import numpy as np

    if task == "regression":
        return None
    index = (y_prob >= threshold).astype(int) if task == "binary" else y_prob.argmax(axis=1)
    result: np.ndarray = np.array(classes, dtype=object)[index]
    return result
