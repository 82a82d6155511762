"""The decision threshold, chosen on valid by a named criterion."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def choose(y: "np.ndarray", p: "np.ndarray", criterion: str) -> float:
    """The score, among those of the rows, at which F1 or Youden's J is highest."""
    import numpy as np

    order = np.argsort(-p, kind="stable")
    hits, said = np.cumsum(y[order]), np.arange(1, len(y) + 1)
    real = max(int(y.sum()), 1)
    if criterion == "f1":
        value = 2 * hits / (said + real)
    else:
        value = hits / real - (said - hits) / max(len(y) - real, 1)
    last = np.append(p[order][1:] != p[order][:-1], True)
    return float(p[order][np.argmax(np.where(last, value, -np.inf))])
