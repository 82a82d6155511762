"""The decision threshold, chosen on valid by a named criterion."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def choose_threshold(y_true: "np.ndarray", y_prob: "np.ndarray", criterion: str) -> float:
    """Return the score, among those of the rows, at which F1 or Youden's J is highest.

    Parameters
    ----------
    y_true : 0/1 array, shape (rows,)
        The target.
    y_prob : array, shape (rows,)
        P(positive).
    criterion : str
        f1 or youden.
    """
    import numpy as np

    order = np.argsort(-y_prob, kind="stable")
    n_hits, n_predicted = np.cumsum(y_true[order]), np.arange(1, len(y_true) + 1)
    n_positive = max(int(y_true.sum()), 1)
    if criterion == "f1":
        value = 2 * n_hits / (n_predicted + n_positive)
    else:
        value = n_hits / n_positive - (n_predicted - n_hits) / max(len(y_true) - n_positive, 1)
    last = np.append(y_prob[order][1:] != y_prob[order][:-1], True)
    return float(y_prob[order][np.argmax(np.where(last, value, -np.inf))])
