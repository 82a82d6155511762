"""Bootstrap intervals of metrics.

References
----------
Efron and Tibshirani (1993), An Introduction to the Bootstrap. The weights of a draw are Poisson instead of
multinomial, as in online bagging (Oza and Russell, 2001).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lockstep.training.metrics import weighted_scorer
from lockstep.training.own_metrics import OwnMetrics

if TYPE_CHECKING:
    import numpy as np

N_DRAWS = 300


def row_weights(n_rows: int, seed: int, n_draws: int) -> "Iterator[np.ndarray]":
    """Yield the rows' weights, shape (n_rows,), of each bootstrap draw; never all zero.

    Parameters
    ----------
    n_rows : int
        Length of the weights.
    seed : int
        Of the draws.
    n_draws : int
        Number of draws.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    n_done = 0
    while n_done < n_draws:
        weights = rng.poisson(1.0, n_rows).astype(float)
        if weights.any():
            yield weights
            n_done += 1


def percentile_interval(values: list[float]) -> list[float]:
    """Return the 95 % percentile interval of the draws' values; those that are not a number are left out."""
    import numpy as np

    finite = np.array(values)[np.isfinite(values)]
    if not len(finite):
        return [np.nan, np.nan]
    return [float(edge) for edge in np.percentile(finite, [2.5, 97.5])]


def intervals(
    task: str,
    y_true: "np.ndarray",
    y_prob: "np.ndarray",
    threshold: float,
    seed: int,
    n_draws: int = N_DRAWS,
    own: OwnMetrics = (),
) -> dict[str, list[float]]:
    """Return the 95 % percentile bootstrap interval of each metric.

    Parameters
    ----------
    task, y_true, y_prob, threshold, own
        As for `weighted_scorer`.
    seed : int
        Of the draws.

    Returns
    -------
    dict
        By metric, the lower and the upper edge.
    """
    score_weighted = weighted_scorer(task, y_true, y_prob, threshold, own)
    scores = [score_weighted(weights) for weights in row_weights(len(y_true), seed, n_draws)]
    return {name: percentile_interval([score[name] for score in scores]) for name in scores[0]}
