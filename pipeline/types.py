"""The declared types of ingested columns: a column becomes what the schema says, or is refused."""

from typing import TYPE_CHECKING

from pipeline.errors import DataError
from pipeline.schema import Column

if TYPE_CHECKING:
    import pandas as pd

TRUTHS = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}


def as_type(values: "pd.Series", kind: str) -> "pd.Series":
    """The same values as int64 (Int64 where one is missing), float64, str, bool or datetime64[us].

    Raises ValueError or TypeError with the first value that is not of the kind.
    """
    import numpy as np
    import pandas as pd

    if kind == "str":
        return values.astype("str")
    if kind == "datetime":
        return pd.to_datetime(values).astype("datetime64[us]")
    if kind == "bool":
        known = values.dropna().astype("str").str.lower()
        strange = known[~known.isin(list(TRUTHS))]
        if len(strange):
            raise ValueError(f"holds {strange.iloc[0]!r}")
        found = values.astype("str").str.lower().map(TRUTHS)
        return found.astype("boolean" if values.isna().any() else "bool")
    numbers = pd.to_numeric(values).astype("float64" if kind == "float" else values.dtype)
    if kind == "float":
        return numbers
    known = numbers.dropna()
    parts = known[~np.isfinite(known.astype("float64")) | (known.astype("float64") % 1 != 0)]
    if len(parts):
        raise ValueError(f"holds {parts.iloc[0]}")
    return numbers.astype("Int64" if numbers.isna().any() else "int64")


def typed(frame: "pd.DataFrame", columns: dict[str, Column], source: str) -> "pd.DataFrame":
    """The declared columns alone, each of its declared type.

    Raises DataError that names the column that is missing or of another type.
    """
    import pandas as pd

    missing = [name for name in columns if name not in frame]
    if missing:
        raise DataError(f"{source}: column {missing[0]} is missing; there are {', '.join(frame)}")
    found = {}
    for name, column in columns.items():
        try:
            found[name] = as_type(frame[name], column.type)
        except (ValueError, TypeError) as error:
            raise DataError(
                f"{source}: column {name} is {frame[name].dtype}, expected {column.type}: {error}"
            ) from error
    return pd.DataFrame(found, copy=False).reset_index(drop=True)
