"""The loss of performance on new rows whose target is known, against the metrics in the bundle."""

from typing import TYPE_CHECKING, Any

from lockstep.core.metric_names import METRICS
from lockstep.evaluation.uncertainty import intervals
from lockstep.training.metrics import score

if TYPE_CHECKING:
    import numpy as np

    from lockstep.training.bundle import Bundle

    Sample = tuple[np.ndarray, ...]  # a number drawn for each row, its target, its predictions

MAX_ROWS = 100_000  # of the sample that is scored


def merge_samples(sample: "Sample", new_sample: "Sample") -> "Sample":
    """Return the rows of both, or the MAX_ROWS of them with the lowest numbers; the order stays.

    With numbers of one generator every row is as likely to be in the sample as another, and it is the
    same sample however the rows are cut (a reservoir by random sort).
    """
    import numpy as np

    whole = tuple(np.concatenate(pair) for pair in zip(sample, new_sample, strict=True))
    if len(whole[0]) <= MAX_ROWS:
        return whole
    lowest = np.sort(np.argpartition(whole[0], MAX_ROWS)[:MAX_ROWS])
    return tuple(column[lowest] for column in whole)


def performance(
    loaded: "Bundle",
    y_true: "np.ndarray",
    y_prob: "np.ndarray",
    claimed: dict[str, float],
    seed: int,
) -> dict[str, Any]:
    """Return metrics on new rows beside the claimed ones.

    Parameters
    ----------
    loaded : Bundle
        The model.
    y_true : array, shape (n,)
        Encoded target.
    y_prob : array, shape (n,) or (n, classes)
        Predictions.
    claimed : dict
        Metrics that the bundle holds.
    seed : int
        Of the bootstrap.

    Returns
    -------
    dict
        loss: by how much the task's first metric is worse, as a share of the dummy's on the same rows;
        interval: its 95 % bootstrap interval, of the new rows' sampling alone; rows and metrics.
    """
    import numpy as np

    task, threshold = loaded.signature["task"], loaded.signature["threshold"]
    name = METRICS[task][0]  # log loss or RMSE, lower is better
    metrics = score(task, y_true, y_prob, threshold)
    unit = score(
        task, y_true, np.broadcast_to(np.asarray(loaded.baseline), y_prob.shape), threshold
    )[name]
    edges = intervals(task, y_true, y_prob, threshold, seed)[name]
    loss, low, high = (
        (value - claimed[name]) / unit if unit else float("nan")
        for value in (metrics[name], *edges)
    )
    return {
        "rows": len(y_true),
        "metric": name,
        "loss": loss,
        "interval": [low, high],
        "metrics": {n: {"claimed": claimed.get(n), "now": value} for n, value in metrics.items()},
    }
