"""The columns that play a role: key, target, time, period, group and the features."""

from typing import TYPE_CHECKING

from lockstep.core.errors import DataError
from lockstep.core.schema import Dataset

if TYPE_CHECKING:
    import pandas as pd


def keep_roles(frame: "pd.DataFrame", dataset: Dataset) -> "pd.DataFrame":
    """Only the columns with a role; numeric ones float64, categorical ones text with "missing".

    Raises DataError that names a column which the recipe did not give, is not a number, or is infinite.
    """
    import numpy as np
    import pandas as pd

    others = [*dataset.key, dataset.target, dataset.time, dataset.period, dataset.group]
    columns = [name for name in others if name] + dataset.numeric + dataset.categorical
    names = list(dict.fromkeys(columns))
    absent = [name for name in names if name not in frame]
    if absent:
        unquoted = absent[0] in ("True", "False")  # YAML's reading of yes, no, on and off
        raise DataError(
            f"recipes/{dataset.recipe}.py gives no column {absent[0]}, which "
            f"conf/dataset/{dataset.name}.yaml names; it gives {', '.join(map(str, frame))}"
            f"{'; is it yes, no, on or off without quotes?' if unquoted else ''}"
        )
    twice = [name for name in names if frame[name].ndim != 1]
    if twice:
        raise DataError(f"recipes/{dataset.recipe}.py gives column {twice[0]} more than once")
    numbers = {}
    for name in dataset.numeric:
        try:
            numbers[name] = frame[name].astype("float64")
        except (TypeError, ValueError) as error:
            raise DataError(
                f"recipes/{dataset.recipe}.py: column {name} is {frame[name].dtype}, expected a "
                f"number: {error}; list it as categorical in conf/dataset/{dataset.name}.yaml?"
            ) from error
        endless = np.flatnonzero(np.isinf(numbers[name].to_numpy()))
        if len(endless):
            row = ", ".join(f"{key} {frame[key].iloc[endless[0]]}" for key in dataset.key)
            raise DataError(
                f"recipes/{dataset.recipe}.py: column {name} is infinite in row {row} and "
                f"{len(endless) - 1} others; a division by zero? leave it missing"
            )
    texts = {
        name: frame[name].astype("str").fillna("missing").astype("str")
        for name in dataset.categorical
    }
    values = numbers | texts  # not by assign(): a column may be called self
    return pd.DataFrame({name: values.get(name, frame[name]) for name in names}, copy=False)
