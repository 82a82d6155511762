"""Metrics of the rows that share a value of a column."""

from typing import TYPE_CHECKING, Any

from lockstep.training.metrics import score
from lockstep.training.own_metrics import OwnMetrics

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

TOP_VALUES = 10  # of each sliced column


def slice_metrics(
    columns: dict[str, "pd.Categorical"],
    y_true: "np.ndarray",
    y_prob: "np.ndarray",
    task: str,
    threshold: float,
    min_rows: int,
    own: OwnMetrics = (),
) -> list[dict[str, Any]]:
    """Return the metrics of each frequent value of the sliced columns.

    Parameters
    ----------
    columns : dict
        By name, a column whose categories stand in the order in which they appear.
    min_rows : int
        Slices with fewer rows, and those with one value of the target only, are left out.
    own : sequence of OwnFunction
        The owner's metrics.

    Returns
    -------
    list of dict
        column, value, rows and metrics of each slice, by column, the most frequent value first.
    """
    import numpy as np

    records = []
    for column, values in columns.items():
        counts = np.bincount(values.codes, minlength=len(values.categories))
        for code in np.argsort(-counts, kind="stable")[:TOP_VALUES]:
            in_slice, n_rows = values.codes == code, int(counts[code])
            if n_rows < min_rows or not (y_true[in_slice] != y_true[in_slice][0]).any():
                continue
            metrics = score(task, y_true[in_slice], y_prob[in_slice], threshold, own)
            value = values.categories[code]
            records.append({"column": column, "value": value, "rows": n_rows, "metrics": metrics})
    return records
