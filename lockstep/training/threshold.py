"""The decision threshold, chosen on valid by a named criterion."""

from typing import TYPE_CHECKING

from lockstep.core.components import OwnFunction
from lockstep.core.errors import ConfigError
from lockstep.core.own_metrics import is_lower_better
from lockstep.training.own_metrics import OwnMetrics, metric_value, predicted

if TYPE_CHECKING:
    import numpy as np

MAX_CANDIDATES = 200  # thresholds that are tried with a metric of the owner's


def choose_threshold(
    y_true: "np.ndarray", y_prob: "np.ndarray", criterion: str, own: OwnMetrics = ()
) -> float:
    """Return the score, among those of the rows, at which the criterion is best.

    F1 and Youden's J are computed at every score; for a metric of the owner's see `best_threshold`.

    Parameters
    ----------
    y_true : 0/1 array, shape (rows,)
        The target.
    y_prob : array, shape (rows,)
        P(positive).
    criterion : str
        f1, youden, or the name of one of own.
    own : sequence of OwnFunction
        The owner's metrics.
    """
    import numpy as np

    for metric in own:
        if metric.name == criterion:
            return best_threshold(y_true, y_prob, metric)
    order = np.argsort(-y_prob, kind="stable")
    n_hits, n_predicted = np.cumsum(y_true[order]), np.arange(1, len(y_true) + 1)
    n_positive = max(int(y_true.sum()), 1)
    if criterion == "f1":
        value = 2 * n_hits / (n_predicted + n_positive)
    else:
        value = n_hits / n_positive - (n_predicted - n_hits) / max(len(y_true) - n_positive, 1)
    last = np.append(y_prob[order][1:] != y_prob[order][:-1], True)
    return float(y_prob[order][np.argmax(np.where(last, value, -np.inf))])


def best_threshold(y_true: "np.ndarray", y_prob: "np.ndarray", metric: OwnFunction) -> float:
    """Return the threshold with the best value of a metric of the owner's; of equal ones the lowest.

    Such a metric is an arbitrary function, so it is not computed at every score: the candidates are at most
    200 scores, evenly spaced among the rows in order of their score, and one threshold above all scores, at
    which no row is positive. The best of all scores may lie between two of them.

    Raises ConfigError where the metric has no value at any of them.
    """
    import numpy as np

    scores = np.unique(y_prob)
    if len(scores) > MAX_CANDIDATES:
        positions = np.linspace(0, len(y_prob) - 1, MAX_CANDIDATES).astype(int)
        scores = np.unique(np.sort(y_prob)[positions])
    candidates = np.append(scores, np.nextafter(scores[-1], np.inf))
    weights = np.ones(len(y_true))
    values = np.array(
        [
            metric_value(metric, y_true, y_prob, predicted("binary", y_prob, candidate), weights)
            for candidate in candidates
        ]
    )
    if np.isnan(values).all():
        raise ConfigError(
            f"model.threshold is {metric.name!r}, which is not a number at any threshold on valid "
            f"({metric.file.as_posix()})"
        )
    best = np.nanargmin if is_lower_better(metric.name) else np.nanargmax
    return float(candidates[best(values)])
