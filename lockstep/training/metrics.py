"""Metrics of predictions, weighted, in numpy.

`weighted_scorer` computes once what does not depend on the rows' weights (ranks, losses), so that scoring
another vector of weights, as a bootstrap does hundreds of times, is a few sums.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from lockstep.training.own_metrics import OwnMetrics, metric_values, predicted

if TYPE_CHECKING:
    import numpy as np

    Scorer = Callable[[np.ndarray], dict[str, float]]  # from the rows' weights to metrics

BINS = 20  # of equal width, for the calibration error
EDGE = 1e-15  # probabilities are kept this far from 0 and 1


def roc_auc(positives: "np.ndarray", totals: "np.ndarray") -> float:
    """Return the area under the ROC curve; ties count half. Not a number with one class only.

    Both are sums of weights by distinct score, from the lowest: of the positive rows, and of all.
    """
    import numpy as np

    negatives = totals - positives
    below = np.cumsum(negatives) - negatives
    n_pairs = positives.sum() * negatives.sum()
    if not n_pairs:
        return float("nan")
    return float((positives * (below + negatives / 2)).sum() / n_pairs)


def average_precision(positives: "np.ndarray", totals: "np.ndarray") -> float:
    """Return the sum of precision times the gain in recall over the distinct scores, from the highest.

    Both are sums of weights by distinct score, from the lowest: of the positive rows, and of all.
    """
    import numpy as np

    hits, claimed = np.cumsum(positives[::-1]), np.cumsum(totals[::-1])
    precision = np.divide(hits, claimed, out=np.zeros_like(claimed), where=claimed > 0)
    total = positives.sum()
    return float((precision * positives[::-1]).sum() / total) if total else float("nan")


def ranks(scores: "np.ndarray") -> "np.ndarray":
    """Return the index of each score among the distinct ones, from the lowest, shape (n_rows,)."""
    import numpy as np

    return np.unique(scores, return_inverse=True)[1].reshape(-1)


def auc(y_true: "np.ndarray", scores: "np.ndarray") -> float:
    """Return the area under the ROC curve of scores, shape (n_rows,), against 0/1 labels."""
    import numpy as np

    rank = ranks(scores)
    return roc_auc(np.bincount(rank, weights=y_true), np.bincount(rank).astype(float))


def binary_scorer(y_true: "np.ndarray", y_prob: "np.ndarray", threshold: float) -> "Scorer":
    """Return the scorer of P(positive), shape (n_rows,), against 0/1 labels.

    The calibration error is the expected one over bins of equal width (Naeini et al., 2015).

    Parameters
    ----------
    y_true : 0/1 array, shape (n_rows,)
        The target.
    y_prob : array, shape (n_rows,)
        P(positive).
    threshold : float
        From which a row is positive.
    """
    import numpy as np

    clipped = np.clip(y_prob, EDGE, 1 - EDGE)
    y_pred = y_prob >= threshold
    terms = np.stack(
        [
            -np.where(y_true == 1, np.log(clipped), np.log1p(-clipped)),
            (y_prob - y_true) ** 2,
            (y_true * y_pred).astype(float),
            y_pred.astype(float),
            y_true.astype(float),
        ]
    )
    rank, bins = ranks(y_prob), np.minimum((y_prob * BINS).astype(int), BINS - 1)
    gap = y_true - y_prob

    def score_weighted(weights: "np.ndarray") -> dict[str, float]:
        total = weights.sum()
        loss, squared_error, hits, claimed, positive = (terms @ weights).tolist()
        positives = np.bincount(rank, weights=weights * y_true)
        totals = np.bincount(rank, weights=weights)
        calibration = np.abs(np.bincount(bins, weights=weights * gap, minlength=BINS)).sum()
        return {
            "log_loss": float(loss / total),
            "roc_auc": roc_auc(positives, totals),
            "average_precision": average_precision(positives, totals),
            "brier": float(squared_error / total),
            "calibration_error": float(calibration / total),
            "precision": float(hits / claimed) if claimed else 0.0,
            "recall": float(hits / positive) if positive else 0.0,
            "f1": float(2 * hits / (claimed + positive)) if claimed + positive else 0.0,
        }

    return score_weighted


def multiclass_scorer(y_true: "np.ndarray", y_prob: "np.ndarray", threshold: float) -> "Scorer":
    """Return the scorer of class probabilities, shape (n_rows, n_classes), against class indices.

    There is no threshold.

    Parameters
    ----------
    y_true : int array, shape (n_rows,)
        Class indices.
    y_prob : array, shape (n_rows, n_classes)
        Class probabilities.
    threshold : float
        Not used.
    """
    import numpy as np

    n_classes = y_prob.shape[1]
    losses = -np.log(np.clip(y_prob[np.arange(len(y_true)), y_true], EDGE, 1))
    y_pred = y_prob.argmax(axis=1)
    is_hit = y_pred == y_true
    rank = [ranks(y_prob[:, index]) for index in range(n_classes)]

    def class_auc(index: int, weights: "np.ndarray") -> float:
        positives = np.bincount(rank[index], weights=weights * (y_true == index))
        return roc_auc(positives, np.bincount(rank[index], weights=weights))

    def score_weighted(weights: "np.ndarray") -> dict[str, float]:
        hits = np.bincount(y_true[is_hit], weights=weights[is_hit], minlength=n_classes)
        claimed = np.bincount(y_pred, weights=weights, minlength=n_classes)
        sums = claimed + np.bincount(y_true, weights=weights, minlength=n_classes)
        f1 = np.divide(2 * hits, sums, out=np.zeros(n_classes), where=sums > 0)
        return {
            "log_loss": float(losses @ weights / weights.sum()),
            "macro_f1": float(f1.mean()),
            "accuracy": float(hits.sum() / weights.sum()),
            "ovr_auc": float(np.mean([class_auc(index, weights) for index in range(n_classes)])),
        }

    return score_weighted


def regression_scorer(y_true: "np.ndarray", y_pred: "np.ndarray", threshold: float) -> "Scorer":
    """Return the scorer of predictions, shape (n_rows,), in the target's unit; there is no threshold.

    Parameters
    ----------
    y_true, y_pred : arrays, shape (n_rows,)
        The target and its predictions.
    threshold : float
        Not used.
    """
    import numpy as np

    order = np.argsort(np.abs(y_true - y_pred), kind="stable")
    error = np.abs(y_true - y_pred)[order]
    centred = (y_true - y_true.mean())[order]
    terms = np.stack([error**2, error, centred, centred**2])

    def score_weighted(weights: "np.ndarray") -> dict[str, float]:
        ordered = weights[order]
        total = ordered.sum()
        squared, absolute, mean, mean_square = (terms @ ordered / total).tolist()
        below = np.cumsum(ordered)
        middle = [np.searchsorted(below, total / 2, side) for side in ("left", "right")]
        variance = mean_square - mean**2
        return {
            "rmse": float(np.sqrt(squared)),
            "mae": float(absolute),
            "median_absolute_error": float(error[middle].mean()),  # of two, their mean
            "r2": float(1 - squared / variance) if variance > 0 else float("nan"),
        }

    return score_weighted


def weighted_scorer(
    task: str, y_true: "np.ndarray", y_prob: "np.ndarray", threshold: float, own: OwnMetrics = ()
) -> "Scorer":
    """Return a function from the rows' weights, shape (n_rows,), to the task's metrics.

    Parameters
    ----------
    y_true : array, shape (n_rows,)
        Encoded target.
    y_prob : array
        P(positive), shape (n_rows,); class probabilities, shape (n_rows, n_classes); or values.
    threshold : float
        From which probability on a row of a binary task is called positive.
    own : sequence of OwnFunction
        The owner's metrics (own_metrics.load_metrics), which are computed anew for each weights.
    """
    scorers = {
        "binary": binary_scorer,
        "multiclass": multiclass_scorer,
        "regression": regression_scorer,
    }
    score_builtin = scorers[task](y_true, y_prob, threshold)
    if not own:
        return score_builtin
    y_pred = predicted(task, y_prob, threshold)

    def score_weighted(weights: "np.ndarray") -> dict[str, float]:
        values = metric_values(own, y_true, y_prob, y_pred, weights)
        return {**score_builtin(weights), **values}

    return score_weighted


def score(
    task: str,
    y_true: "np.ndarray",
    y_prob: "np.ndarray",
    threshold: float = 0.5,
    own: OwnMetrics = (),
) -> dict[str, float]:
    """Return the task's metrics by name, each row counting once; parameters as for `weighted_scorer`."""
    import numpy as np

    return weighted_scorer(task, y_true, y_prob, threshold, own)(np.ones(len(y_true)))
