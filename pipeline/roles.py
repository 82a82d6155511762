"""The columns that play a role: key, target, time, period, group and the features."""

from typing import TYPE_CHECKING

from pipeline.errors import DataError
from pipeline.schema import Dataset

if TYPE_CHECKING:
    import pandas as pd


def keep_roles(frame: "pd.DataFrame", dataset: Dataset) -> "pd.DataFrame":
    """Only the columns with a role; numeric ones float64, categorical ones text with "missing".

    Raises DataError that names a column which the recipe did not give.
    """
    others = [*dataset.key, dataset.target, dataset.time, dataset.period, dataset.group]
    wanted = [name for name in others if name] + dataset.numeric + dataset.categorical
    names = list(dict.fromkeys(wanted))
    absent = [name for name in names if name not in frame]
    if absent:
        raise DataError(f"recipes/{dataset.recipe}.py gives no column {absent[0]}")
    return frame[names].assign(
        **{name: frame[name].astype("float64") for name in dataset.numeric},
        **{name: frame[name].astype("str").fillna("missing") for name in dataset.categorical},
    )
