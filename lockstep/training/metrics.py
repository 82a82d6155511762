"""Metrics of predictions, weighted, in numpy: what a draw of the bootstrap costs is a vector of weights.

`judge` computes once what does not depend on the weights (ranks, losses), so that a draw is a few sums.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    Judge = Callable[[np.ndarray], dict[str, float]]

BINS = 20  # of equal width, for the calibration error
EDGE = 1e-15  # probabilities are kept this far from 0 and 1
DRAWS = 300  # of the bootstrap


def roc_auc(positive: "np.ndarray", everyone: "np.ndarray") -> float:
    """Area under the ROC curve; ties count half. Not a number with one class only.

    Both are sums of weights by distinct score, from the lowest.
    """
    import numpy as np

    negative = everyone - positive
    below = np.cumsum(negative) - negative
    pairs = positive.sum() * negative.sum()
    return float((positive * (below + negative / 2)).sum() / pairs) if pairs else float("nan")


def average_precision(positive: "np.ndarray", everyone: "np.ndarray") -> float:
    """Sum of precision times the gain in recall over the distinct scores, from the highest."""
    import numpy as np

    hits, said = np.cumsum(positive[::-1]), np.cumsum(everyone[::-1])
    precision = np.divide(hits, said, out=np.zeros_like(said), where=said > 0)
    total = positive.sum()
    return float((precision * positive[::-1]).sum() / total) if total else float("nan")


def ranks(p: "np.ndarray") -> "np.ndarray":
    """Index of each score among the distinct ones, from the lowest, shape (n,)."""
    import numpy as np

    return np.unique(p, return_inverse=True)[1].reshape(-1)


def auc(y: "np.ndarray", p: "np.ndarray") -> float:
    """Area under the ROC curve of scores, shape (n,), against 0/1 labels."""
    import numpy as np

    at = ranks(p)
    return roc_auc(np.bincount(at, weights=y), np.bincount(at).astype(float))


def binary(y: "np.ndarray", p: "np.ndarray", threshold: float) -> "Judge":
    """Metrics of P(positive), shape (n,), against 0/1 labels.

    The calibration error is the expected one over bins of equal width (Naeini et al., 2015).
    """
    import numpy as np

    inside = np.clip(p, EDGE, 1 - EDGE)
    said = p >= threshold
    terms = np.stack(
        [
            -np.where(y == 1, np.log(inside), np.log1p(-inside)),
            (p - y) ** 2,
            (y * said).astype(float),
            said.astype(float),
            y.astype(float),
        ]
    )
    at, bins = ranks(p), np.minimum((p * BINS).astype(int), BINS - 1)
    gap = y - p

    def of(w: "np.ndarray") -> dict[str, float]:
        total = w.sum()
        loss, square, hits, claimed, real = (terms @ w).tolist()
        positive, everyone = np.bincount(at, weights=w * y), np.bincount(at, weights=w)
        calibration = np.abs(np.bincount(bins, weights=w * gap, minlength=BINS)).sum()
        return {
            "log_loss": float(loss / total),
            "roc_auc": roc_auc(positive, everyone),
            "average_precision": average_precision(positive, everyone),
            "brier": float(square / total),
            "calibration_error": float(calibration / total),
            "precision": float(hits / claimed) if claimed else 0.0,
            "recall": float(hits / real) if real else 0.0,
            "f1": float(2 * hits / (claimed + real)) if claimed + real else 0.0,
        }

    return of


def multiclass(y: "np.ndarray", p: "np.ndarray", threshold: float) -> "Judge":
    """Metrics of class probabilities, shape (n, k), against class indices; there is no threshold."""
    import numpy as np

    classes = p.shape[1]
    losses = -np.log(np.clip(p[np.arange(len(y)), y], EDGE, 1))
    said = p.argmax(axis=1)
    hit = said == y
    at = [ranks(p[:, k]) for k in range(classes)]

    def area(k: int, w: "np.ndarray") -> float:
        return roc_auc(np.bincount(at[k], weights=w * (y == k)), np.bincount(at[k], weights=w))

    def of(w: "np.ndarray") -> dict[str, float]:
        hits = np.bincount(y[hit], weights=w[hit], minlength=classes)
        sums = np.bincount(said, weights=w, minlength=classes) + np.bincount(
            y, weights=w, minlength=classes
        )
        f1 = np.divide(2 * hits, sums, out=np.zeros(classes), where=sums > 0)
        return {
            "log_loss": float(losses @ w / w.sum()),
            "macro_f1": float(f1.mean()),
            "accuracy": float(hits.sum() / w.sum()),
            "ovr_auc": float(np.mean([area(k, w) for k in range(classes)])),
        }

    return of


def regression(y: "np.ndarray", p: "np.ndarray", threshold: float) -> "Judge":
    """Metrics of predictions, shape (n,), in the target's unit; there is no threshold."""
    import numpy as np

    order = np.argsort(np.abs(y - p), kind="stable")
    error, centred = np.abs(y - p)[order], (y - y.mean())[order]  # w is in the same order
    terms = np.stack([error**2, error, centred, centred**2])

    def of(weights: "np.ndarray") -> dict[str, float]:
        w = weights[order]
        total = w.sum()
        square, absolute, shift, around = (terms @ w / total).tolist()
        below = np.cumsum(w)
        middle = [np.searchsorted(below, total / 2, side) for side in ("left", "right")]
        spread = around - shift**2
        return {
            "rmse": float(np.sqrt(square)),
            "mae": float(absolute),
            "median_absolute_error": float(error[middle].mean()),  # of two, their mean
            "r2": float(1 - square / spread) if spread > 0 else float("nan"),
        }

    return of


def judge(task: str, y: "np.ndarray", p: "np.ndarray", threshold: float) -> "Judge":
    """A function from the rows' weights, shape (n,), to the task's metrics."""
    return {"binary": binary, "multiclass": multiclass, "regression": regression}[task](
        y, p, threshold
    )


def score(task: str, y: "np.ndarray", p: "np.ndarray", threshold: float = 0.5) -> dict[str, float]:
    """The task's metrics of predictions p against targets y, each row counting once."""
    import numpy as np

    return judge(task, y, p, threshold)(np.ones(len(y)))


def weights(rows: int, seed: int, draws: int) -> "Iterator[np.ndarray]":
    """Weights of the rows, shape (rows,), for each draw (Poisson, as in online bagging); never all zero."""
    import numpy as np

    generator = np.random.default_rng(seed)
    done = 0
    while done < draws:
        found = generator.poisson(1.0, rows).astype(float)
        if found.any():
            yield found
            done += 1


def interval(values: list[float]) -> list[float]:
    """95 % percentile interval of what the draws gave, those without a value aside."""
    import numpy as np

    known = np.array(values)[np.isfinite(values)]
    return [float(q) for q in np.percentile(known, [2.5, 97.5])] if len(known) else [np.nan] * 2


def intervals(
    task: str, y: "np.ndarray", p: "np.ndarray", threshold: float, seed: int, draws: int = DRAWS
) -> dict[str, list[float]]:
    """95 % percentile bootstrap interval of each metric."""
    of = judge(task, y, p, threshold)
    found = [of(one) for one in weights(len(y), seed, draws)]
    return {name: interval([one[name] for one in found]) for name in found[0]}
