"""The declared types of ingested columns: a column becomes what the schema says, or is refused."""

from typing import TYPE_CHECKING

from pipeline.config.schema import Column
from pipeline.stage.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

TRUTHS = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}
MEND = "mend the source, or dataset.checks.columns in conf/dataset/"


def first(values: "pd.Series", bad: "pd.Series", start: int) -> str:
    """The first of the bad values, and its row; the first row's number is start."""
    row = int(bad.to_numpy(dtype=bool).argmax())
    value = values.iloc[row]
    shown = repr(value) if isinstance(value, str) else value
    return f"{shown} in row {start + row} (from 0)"


def as_type(values: "pd.Series", kind: str, start: int = 0) -> "pd.Series":
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
        if not known.isin(list(TRUTHS)).all():
            strange = ~values.astype("str").str.lower().isin(list(TRUTHS)) & values.notna()
            raise ValueError(f"holds {first(values, strange, start)}")
        found = values.astype("str").str.lower().map(TRUTHS)
        return found.astype("boolean" if values.isna().any() else "bool")
    try:
        numbers = pd.to_numeric(values).astype("float64" if kind == "float" else values.dtype)
    except (ValueError, TypeError) as error:
        strange = pd.to_numeric(values, errors="coerce").isna() & values.notna()
        raise ValueError(
            f"holds {first(values, strange, start)}" if strange.any() else error
        ) from error
    if kind == "float":
        return numbers
    known = numbers.dropna()
    parts = ~np.isfinite(known.astype("float64")) | (known.astype("float64") % 1 != 0)
    if parts.any():
        broken = parts.reindex(values.index, fill_value=False)
        raise ValueError(f"holds {first(values, broken, start)}")
    return numbers.astype("Int64" if numbers.isna().any() else "int64")


def typed(frame: "pd.DataFrame", columns: dict[str, Column], source: str) -> "pd.DataFrame":
    """The declared columns alone, each of its declared type.

    Raises DataError that names the column that is missing or of another type.
    """
    import pandas as pd

    missing = [name for name in columns if name not in frame]
    if missing:
        raise DataError(
            f"{source}: column {missing[0]} is missing; there are {', '.join(map(str, frame))}; {MEND}"
        )
    found = {}
    for name, column in columns.items():
        try:
            found[name] = as_type(frame[name], column.type)
        except (ValueError, TypeError) as error:
            raise DataError(
                f"{source}: column {name} is {frame[name].dtype}, expected {column.type}: {error}; "
                f"{MEND}"
            ) from error
    return pd.DataFrame(found, copy=False).reset_index(drop=True)
