"""Records for the plots, thinned so that a page and `dvc plots` stay light."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

POINTS = 200
Records = list[dict[str, Any]]


def curves(y: "np.ndarray", p: "np.ndarray") -> tuple[Records, Records]:
    """ROC, from its origin, and precision-recall, at most 200 scores each.

    A point is a distinct score with all the rows that have it, so tied rows may come in any order.
    """
    import numpy as np

    order = np.argsort(-p, kind="stable")
    ordered, hits = p[order], np.cumsum(y[order])
    said = np.arange(1, len(y) + 1)
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], len(y) > 0))  # row of each score
    rows = np.linspace(0, len(y) - 1, min(POINTS, len(y))).astype(int)
    at = last[np.unique(np.searchsorted(last, rows))]
    positives, negatives = max(int(y.sum()), 1), max(int((1 - y).sum()), 1)
    roc = [{"fpr": 0.0, "tpr": 0.0}] + [
        {"fpr": float((said[i] - hits[i]) / negatives), "tpr": float(hits[i] / positives)}
        for i in at
    ]
    pr = [{"recall": float(hits[i] / positives), "precision": float(hits[i] / said[i])} for i in at]
    return roc, pr


def calibration(y: "np.ndarray", p: "np.ndarray", bins: int = 10) -> Records:
    """Mean predicted and observed rate in bins of equal width that hold rows."""
    import numpy as np

    which = np.minimum((p * bins).astype(int), bins - 1)
    return [
        {
            "predicted": float(p[which == k].mean()),
            "observed": float(y[which == k].mean()),
            "rows": int((which == k).sum()),
        }
        for k in range(bins)
        if (which == k).any()
    ]


def confusion(actual: "np.ndarray", predicted: "np.ndarray", classes: list[str]) -> Records:
    """One record a row, thinned evenly, as DVC's confusion template counts them."""
    import numpy as np

    at = np.unique(np.linspace(0, len(actual) - 1, min(2000, len(actual))).astype(int))
    return [{"actual": classes[actual[i]], "predicted": classes[predicted[i]]} for i in at]


def residuals(y: "np.ndarray", p: "np.ndarray") -> Records:
    """Prediction and what is left, thinned evenly."""
    import numpy as np

    at = np.unique(np.linspace(0, len(y) - 1, min(POINTS * 5, len(y))).astype(int))
    return [{"predicted": float(p[i]), "residual": float(y[i] - p[i])} for i in at]
