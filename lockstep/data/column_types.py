"""The declared types of ingested columns: a column becomes what the schema says, or is refused.

Only the spelling of a value may change: a value that a type cannot hold exactly, or that could be read in two
ways, is refused.
"""

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError
from lockstep.core.schema import Column

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Texts that mean a missing number, time or truth value; in a column of text they are text.
MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "NaT")
TRUTHS = {"true": True, "false": False, "1": True, "0": False, "1.0": True, "0.0": False}
NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?|[+-]?inf")
REMEDY = "mend the source, or dataset.checks.columns in conf/dataset/"
MAX_EXACT = 2**53  # up to it a float64 holds every whole number
ALLOWED = {
    "int": "a whole number of 64 bits; beyond 2**53 as an integer or text, since a float is not exact",
    "float": "a number that a float64 holds; true and false are a bool",
    "str": "text; numbers with a point, truth values, times and bytes have no one spelling",
    "bool": "true, false, 1 or 0",
    "datetime": "a time as 2013-01-31 05:15:00, no zone, no finer than microseconds, not a number",
}


def describe_first(values: "pd.Series", bad: "np.ndarray", start: int) -> str:
    """Return the first bad value and its row, for a message.

    Parameters
    ----------
    values : Series
        The column.
    bad : bool array, shape (rows,)
        Which values are bad.
    start : int
        Number of the first row.
    """
    row = int(bad.argmax())
    value = values.iloc[row]
    shown = repr(value) if isinstance(value, str) else value
    return f"{shown} in row {start + row} (from 0)"


def to_int(value: Any) -> int | None:
    """Return a single value as an int of 64 bits; None where it is not exactly one."""
    import numpy as np

    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        value = Decimal(value.strip())
    if isinstance(value, float | np.floating):
        highest = 2.0 ** int(np.finfo(type(value)).nmant + 1)
        value = Decimal(float(value)) if abs(float(value)) <= highest else None
    if isinstance(value, Decimal):
        is_short = (
            value.is_finite() and value.adjusted() < 19 and value == value.to_integral_value()
        )
        value = int(value) if is_short else None
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        return None
    result = int(value)
    return result if -(2**63) <= result < 2**63 else None


def to_float(value: Any) -> float | None:
    """Return a single value as the nearest float; None if it is no number, or an integer not held exactly."""
    import numpy as np

    if isinstance(value, str):
        return float(value) if NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float | np.number | Decimal):
        return None
    if isinstance(value, complex | np.complexfloating):
        return None
    if isinstance(value, int | np.integer):
        value = int(value)
        return float(value) if abs(value) < 2**1000 and int(float(value)) == value else None
    return float(value)


def to_datetime(value: Any) -> Any:
    """Return a single date or time without a zone as datetime64[us]; None for anything else."""
    import datetime

    import numpy as np
    import pandas as pd

    if not isinstance(value, datetime.date | np.datetime64) or getattr(value, "tzinfo", None):
        return None
    timestamp = pd.Timestamp(value)
    return None if timestamp.nanosecond else timestamp.to_datetime64().astype("datetime64[us]")


def to_text(value: Any) -> str | None:
    """Return a single value as text; None where it could be spelt in several ways."""
    import datetime
    import uuid

    import numpy as np

    if isinstance(value, bool | datetime.datetime):
        return None
    plain = isinstance(value, str | int | np.integer | Decimal | uuid.UUID | datetime.date)
    return str(value) if plain else None


def to_bool(value: Any) -> bool | None:
    """Return a single value as a bool; None where it is none."""
    return None if isinstance(value, bytes) else TRUTHS.get(str(value).strip().lower())


CONVERTERS = {
    "int": to_int,
    "float": to_float,
    "datetime": to_datetime,
    "str": to_text,
    "bool": to_bool,
}
DTYPES = {"float": "float64", "datetime": "datetime64[us]", "str": "str"}
PLAIN = DTYPES | {"int": "int64", "bool": "bool"}  # what a column without gaps becomes


def convert_objects(values: "pd.Series", kind: str) -> tuple["pd.Series", "np.ndarray"]:
    """Return a column of objects as the kind, and which values, shape (rows,), are not of it."""
    import numpy as np
    import pandas as pd

    is_known = [not (pd.api.types.is_scalar(value) and pd.isna(value)) for value in values]
    text = [
        kind != "str" and isinstance(value, str) and value.strip() in MISSING for value in values
    ]
    known = np.array(is_known, dtype=bool) & ~np.array(text, dtype=bool)
    result = [
        CONVERTERS[kind](value) if has_value else None
        for value, has_value in zip(values, known, strict=True)
    ]
    bad = known & np.array([value is None for value in result], dtype=bool)
    gaps = bool(not known.all() or bad.any())
    dtype = DTYPES.get(kind) or {"int": ("int64", "Int64"), "bool": ("bool", "boolean")}[kind][gaps]
    return pd.Series(pd.array(result, dtype=dtype), index=values.index), bad


def parse_texts(values: "pd.Series", kind: str) -> tuple["pd.Series", "np.ndarray"]:
    """Return the numbers, times or truth values in a column of text, and which values are none.

    Arrow parses them where it can: it is exact and fast.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    stripped = pc.utf8_trim_whitespace(pa.array(values, pa.string(), from_pandas=True))
    stripped = pc.if_else(
        pc.is_in(stripped, pa.array(MISSING)), pa.scalar(None, pa.string()), stripped
    )
    arrow_types = {"int": pa.int64(), "float": pa.float64(), "datetime": pa.timestamp("us")}
    if kind in arrow_types:
        try:
            converted = pc.cast(stripped, arrow_types[kind])
        except pa.ArrowInvalid:
            converted = None
        if converted is not None:
            needs_nullable = kind == "int" and converted.null_count
            result = converted.to_pandas(
                types_mapper=(lambda _: pd.Int64Dtype()) if needs_nullable else None
            )
            return result.set_axis(values.index), np.zeros(len(values), dtype=bool)
    if kind == "datetime":  # not ISO 8601, or with a zone
        bad = np.array([not is_time(text) for text in stripped.to_pylist()], dtype=bool)
        return values, bad
    return convert_objects(pd.Series(stripped.to_pylist(), index=values.index, dtype=object), kind)


def is_time(text: str | None) -> bool:
    """Whether Arrow reads a text as a time, or it is missing."""
    import pyarrow as pa

    try:
        pa.scalar(text, pa.string()).cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return False
    return True


def convert_numbers(values: "pd.Series", kind: str) -> tuple["pd.Series", "np.ndarray"]:
    """Return a column of numbers as int or float, and which values that would change."""
    import numpy as np
    import pandas as pd

    missing = values.isna().to_numpy()
    if pd.api.types.is_integer_dtype(values):
        if kind == "int":
            bad = ((values > 2**63 - 1) & ~missing).to_numpy(dtype=bool, na_value=False)
        else:
            large = (values > MAX_EXACT) | (values < -MAX_EXACT)
            bad = large.to_numpy(dtype=bool, na_value=False, copy=True)
            bad[bad] = [to_float(value) is None for value in values[bad]]
    elif kind == "int":
        highest = 2 ** (np.finfo(values.to_numpy(na_value=np.nan).dtype).nmant + 1)
        floats = values.to_numpy(dtype="float64", na_value=np.nan)
        bad = ~missing & ~((np.abs(floats) <= highest) & (np.trunc(floats) == floats))
    else:
        bad = np.zeros(len(values), dtype=bool)
    if bad.any():
        return values, bad
    if kind == "float":
        floats = values.to_numpy(dtype="float64", na_value=np.nan)
        return pd.Series(floats, index=values.index), bad
    return values.astype("Int64" if missing.any() else "int64"), bad


def convert_times(values: "pd.Series") -> tuple["pd.Series", "np.ndarray"]:
    """Return a column of times without a zone in microseconds, and which are finer than that."""
    result = values.astype("datetime64[us]")
    return result, (result.astype(values.dtype) != values).to_numpy() & values.notna().to_numpy()


def convert_loose(values: "pd.Series", kind: str) -> tuple["pd.Series", "np.ndarray"]:
    """Return a column of any dtype, value by value, as the kind, and which values are not of it."""
    loose = values.astype(object)
    if kind != "str" and loose.map(type).isin([str, type(None)]).all():
        return parse_texts(loose, kind)
    return convert_objects(loose, kind)


def convert(values: "pd.Series", kind: str) -> tuple["pd.Series", "np.ndarray | None"]:
    """Return a column as the kind, and which values, shape (rows,), are not of it; None if all are."""
    import numpy as np
    import pandas as pd

    dtype, types = values.dtype, pd.api.types
    if not isinstance(dtype, np.dtype | pd.api.extensions.ExtensionDtype) or isinstance(
        dtype, pd.ArrowDtype | pd.CategoricalDtype | pd.SparseDtype
    ):
        return convert_loose(values, kind)
    if isinstance(dtype, pd.StringDtype):
        return (values.astype("str"), None) if kind == "str" else parse_texts(values, kind)
    is_integer = types.is_integer_dtype(dtype)
    if kind in ("int", "float") and (is_integer or types.is_float_dtype(dtype)):
        return convert_numbers(values, kind)
    if kind == "datetime" and types.is_datetime64_dtype(dtype):
        return convert_times(values)
    if kind == "bool" and types.is_bool_dtype(dtype):
        return values.astype("boolean" if values.isna().any() else "bool"), None
    if kind == "str" and is_integer:
        return values.astype("str"), None
    return convert_loose(values, kind)


def as_type(values: "pd.Series", kind: str, start: int = 0) -> "pd.Series":
    """Return the same values as int64 (Int64 where one is missing), float64, str, bool or datetime64[us].

    Parameters
    ----------
    values : Series
        The column.
    kind : str
        int, float, str, bool or datetime.
    start : int
        Number of the first row, for the message.

    Raises
    ------
    ValueError
        With the first value that is not of the kind or would be changed, its row, and what is allowed.
    """
    if values.dtype == PLAIN[kind]:
        return values
    result, bad = convert(values, kind)
    if bad is not None and bad.any():
        raise ValueError(f"holds {describe_first(values, bad, start)}; allowed: {ALLOWED[kind]}")
    return result


def convert_columns(
    frame: "pd.DataFrame", columns: dict[str, Column], source: str
) -> "pd.DataFrame":
    """Return the declared columns, each of its declared type; rows are numbered anew.

    Parameters
    ----------
    frame : DataFrame
        The rows.
    columns : dict
        Schema by column name.
    source : str
        Where the rows are from, for a message.

    Raises
    ------
    DataError
        It names the column that is missing, that comes twice, or that is of another type.
    """
    import pandas as pd

    missing = [name for name in columns if name not in frame]
    if missing:
        raise DataError(
            f"{source}: column {missing[0]} is missing; there are {', '.join(map(str, frame))}; {REMEDY}"
        )
    result = {}
    frame = frame.reset_index(drop=True)
    for name, column in columns.items():
        column_values = frame[name]
        if column_values.ndim != 1:
            raise DataError(
                f"{source}: column {name} stands there {column_values.shape[1]} times; {REMEDY}"
            )
        try:
            result[name] = as_type(column_values, column.type)
        except (ValueError, TypeError) as error:
            raise DataError(
                f"{source}: column {name} is {column_values.dtype}, expected {column.type}: {error}; {REMEDY}"
            ) from error
    return pd.DataFrame(result, copy=False)
