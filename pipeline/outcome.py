"""What a model says of each row, as columns."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def columns(task: str, p: "np.ndarray", classes: list[str]) -> dict[str, "np.ndarray"]:
    """score, the probability of the second class; p_CLASS for each; or prediction, the value."""
    if task == "multiclass":
        return {f"p_{name}": p[:, number] for number, name in enumerate(classes)}
    return {"score" if task == "binary" else "prediction": p}


def said(task: str, p: "np.ndarray", threshold: float, classes: list[str]) -> "np.ndarray | None":
    """The class that each row is taken for, as text, shape (rows,); None for a regression."""
    import numpy as np

    if task == "regression":
        return None
    index = (p >= threshold).astype(int) if task == "binary" else p.argmax(axis=1)
    found: np.ndarray = np.array(classes, dtype=object)[index]
    return found
