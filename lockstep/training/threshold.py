"""The decision threshold, chosen on valid by a named criterion."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def choose(y_true: "np.ndarray", y_prob: "np.ndarray", criterion: str) -> float:
    """The score, among those of the rows, at which F1 or Youden's J is highest."""
    import numpy as np

    order = np.argsort(-y_prob, kind="stable")
    hits, claimed = np.cumsum(y_true[order]), np.arange(1, len(y_true) + 1)
    n_positive = max(int(y_true.sum()), 1)
    if criterion == "f1":
        value = 2 * hits / (claimed + n_positive)
    else:
        value = hits / n_positive - (claimed - hits) / max(len(y_true) - n_positive, 1)
    last = np.append(y_prob[order][1:] != y_prob[order][:-1], True)
    return float(y_prob[order][np.argmax(np.where(last, value, -np.inf))])
