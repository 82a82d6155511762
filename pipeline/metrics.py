"""Metrics of predictions, weighted, in numpy: a bootstrap draw is a vector of weights."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

LOWER_IS_BETTER = frozenset(
    {"log_loss", "brier", "calibration_error", "rmse", "mae", "median_absolute_error"}
)
BINS = 20  # of equal width, for the calibration error
EDGE = 1e-15  # probabilities are kept this far from 0 and 1


def roc_auc(y: "np.ndarray", p: "np.ndarray", w: "np.ndarray") -> float:
    """Area under the ROC curve; ties count half. Not a number with one class only."""
    import numpy as np

    _, inverse = np.unique(p, return_inverse=True)
    positive = np.bincount(inverse, weights=w * y)
    negative = np.bincount(inverse, weights=w * (1 - y))
    below = np.cumsum(negative) - negative
    pairs = positive.sum() * negative.sum()
    return float((positive * (below + negative / 2)).sum() / pairs) if pairs else float("nan")


def average_precision(y: "np.ndarray", p: "np.ndarray", w: "np.ndarray") -> float:
    """Sum of precision times the gain in recall over the distinct scores, from the highest."""
    import numpy as np

    _, inverse = np.unique(-p, return_inverse=True)
    positive = np.bincount(inverse, weights=w * y)
    everyone = np.cumsum(np.bincount(inverse, weights=w))
    precision = np.divide(
        np.cumsum(positive), everyone, out=np.zeros_like(everyone), where=everyone > 0
    )
    total = positive.sum()
    return float((precision * positive).sum() / total) if total else float("nan")


def calibration_error(y: "np.ndarray", p: "np.ndarray", w: "np.ndarray") -> float:
    """Expected calibration error over bins of equal width (Naeini et al., 2015)."""
    import numpy as np

    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    gap = np.bincount(bins, weights=w * (y - p), minlength=BINS)
    return float(np.abs(gap).sum() / w.sum())


def binary(y: "np.ndarray", p: "np.ndarray", threshold: float, w: "np.ndarray") -> dict[str, float]:
    """Metrics of P(positive), shape (n,), against 0/1 labels."""
    import numpy as np

    inside = np.clip(p, EDGE, 1 - EDGE)
    total = w.sum()
    said = p >= threshold
    hits, claimed, real = (w * y * said).sum(), (w * said).sum(), (w * y).sum()
    return {
        "log_loss": float(-(w * np.where(y == 1, np.log(inside), np.log1p(-inside))).sum() / total),
        "roc_auc": roc_auc(y, p, w),
        "average_precision": average_precision(y, p, w),
        "brier": float((w * (p - y) ** 2).sum() / total),
        "calibration_error": calibration_error(y, p, w),
        "precision": float(hits / claimed) if claimed else 0.0,
        "recall": float(hits / real) if real else 0.0,
        "f1": float(2 * hits / (claimed + real)) if claimed + real else 0.0,
    }


def multiclass(y: "np.ndarray", p: "np.ndarray", w: "np.ndarray") -> dict[str, float]:
    """Metrics of class probabilities, shape (n, k), against class indices."""
    import numpy as np

    classes = p.shape[1]
    given = np.clip(p[np.arange(len(y)), y], EDGE, 1)
    said = p.argmax(axis=1)
    hits = np.bincount(y[said == y], weights=w[said == y], minlength=classes)
    sums = np.bincount(said, weights=w, minlength=classes) + np.bincount(
        y, weights=w, minlength=classes
    )
    f1 = np.divide(2 * hits, sums, out=np.zeros(classes), where=sums > 0)
    return {
        "log_loss": float(-(w * np.log(given)).sum() / w.sum()),
        "macro_f1": float(f1.mean()),
        "accuracy": float(hits.sum() / w.sum()),
        "ovr_auc": float(np.mean([roc_auc((y == k) * 1, p[:, k], w) for k in range(classes)])),
    }


def regression(y: "np.ndarray", p: "np.ndarray", w: "np.ndarray") -> dict[str, float]:
    """Metrics of predictions, shape (n,), in the target's unit."""
    import numpy as np

    total = w.sum()
    error = np.abs(y - p)
    order = np.argsort(error, kind="stable")
    middle = np.searchsorted(np.cumsum(w[order]), total / 2)
    spread = (w * (y - (w * y).sum() / total) ** 2).sum()
    return {
        "rmse": float(np.sqrt((w * error**2).sum() / total)),
        "mae": float((w * error).sum() / total),
        "median_absolute_error": float(error[order][middle]),
        "r2": float(1 - (w * error**2).sum() / spread) if spread else float("nan"),
    }


def score(
    task: str,
    y: "np.ndarray",
    p: "np.ndarray",
    threshold: float = 0.5,
    weights: "np.ndarray | None" = None,
) -> dict[str, float]:
    """The task's metrics of predictions p against targets y, shape (n,), weights one by default."""
    import numpy as np

    w = np.ones(len(y)) if weights is None else weights
    if task == "binary":
        return binary(y, p, threshold, w)
    return multiclass(y, p, w) if task == "multiclass" else regression(y, p, w)


def intervals(
    task: str,
    y: "np.ndarray",
    p: "np.ndarray",
    threshold: float,
    seed: int,
    draws: int = 100,
) -> dict[str, list[float]]:
    """95 % percentile bootstrap interval of each metric (Poisson weights, as in online bagging)."""
    import numpy as np

    generator = np.random.default_rng(seed)
    found = [
        score(task, y, p, threshold, generator.poisson(1.0, len(y)).astype(float))
        for _ in range(draws)
    ]
    return {
        name: [float(q) for q in np.nanpercentile([one[name] for one in found], [2.5, 97.5])]
        for name in found[0]
    }
