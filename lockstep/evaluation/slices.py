"""Metrics of the rows that share a value of a column."""

from typing import TYPE_CHECKING, Any

from lockstep.training.metrics import score

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

TOP_VALUES = 10  # of each sliced column


def slices(
    columns: dict[str, "pd.Categorical"],
    y: "np.ndarray",
    p: "np.ndarray",
    task: str,
    at: float,
    least: int,
) -> list[dict[str, Any]]:
    """Metrics of each frequent value of the sliced columns that has rows and classes enough.

    columns have their values in the order in which they appear.
    """
    import numpy as np

    found = []
    for column, values in columns.items():
        counts = np.bincount(values.codes, minlength=len(values.categories))
        for code in np.argsort(-counts, kind="stable")[:TOP_VALUES]:
            here, value, rows = values.codes == code, values.categories[code], counts[code]
            if rows >= least and (y[here] != y[here][0]).any():
                metrics = score(task, y[here], p[here], at)
                found.append(
                    {"column": column, "value": value, "rows": int(rows), "metrics": metrics}
                )
    return found
