"""The declared types of ingested columns: a column becomes what the schema says, or is refused.

No value is changed on the way but in how it is written: what a type cannot hold exactly, or what could be
read in two ways, is refused.
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
MEND = "mend the source, or dataset.checks.columns in conf/dataset/"
FLOATS = 2**53  # up to it a float64 holds every whole number
ALLOWED = {
    "int": "a whole number of 64 bits; beyond 2**53 as an integer or text, since a float is not exact",
    "float": "a number that a float64 holds; true and false are a bool",
    "str": "text; numbers with a point, truth values, times and bytes have no one spelling",
    "bool": "true, false, 1 or 0",
    "datetime": "a time as 2013-01-31 05:15:00, no zone, no finer than microseconds, not a number",
}


def first(values: "pd.Series", bad: "np.ndarray", start: int) -> str:
    """The first of the bad values, and its row; the first row's number is start."""
    row = int(bad.argmax())
    value = values.iloc[row]
    shown = repr(value) if isinstance(value, str) else value
    return f"{shown} in row {start + row} (from 0)"


def whole(value: Any) -> int | None:
    """A single value as an int of 64 bits; None where it is not exactly one."""
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


def real(value: Any) -> float | None:
    """A single value as the nearest float; None where it is no number, or a whole one that is not exact."""
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


def moment(value: Any) -> Any:
    """A single date or time without a zone as datetime64[us]; None for anything else."""
    import datetime

    import numpy as np
    import pandas as pd

    if not isinstance(value, datetime.date | np.datetime64) or getattr(value, "tzinfo", None):
        return None
    timestamp = pd.Timestamp(value)
    return None if timestamp.nanosecond else timestamp.to_datetime64().astype("datetime64[us]")


def spelling(value: Any) -> str | None:
    """A single value as text; None where it could be spelt in several ways."""
    import datetime
    import uuid

    import numpy as np

    if isinstance(value, bool | datetime.datetime):
        return None
    plain = isinstance(value, str | int | np.integer | Decimal | uuid.UUID | datetime.date)
    return str(value) if plain else None


def truth(value: Any) -> bool | None:
    """A single value as a truth; None where it is none."""
    return None if isinstance(value, bytes) else TRUTHS.get(str(value).strip().lower())


ONE = {"int": whole, "float": real, "datetime": moment, "str": spelling, "bool": truth}
DTYPES = {"float": "float64", "datetime": "datetime64[us]", "str": "str"}
PLAIN = DTYPES | {"int": "int64", "bool": "bool"}  # what a column without gaps becomes


def one_by_one(values: "pd.Series", kind: str) -> tuple["pd.Series", "np.ndarray"]:
    """The values of a column of objects, and which of them, shape (rows,), are not of the kind."""
    import numpy as np
    import pandas as pd

    is_known = [not (pd.api.types.is_scalar(value) and pd.isna(value)) for value in values]
    text = [
        kind != "str" and isinstance(value, str) and value.strip() in MISSING for value in values
    ]
    known = np.array(is_known, dtype=bool) & ~np.array(text, dtype=bool)
    result = [ONE[kind](value) if is_ else None for value, is_ in zip(values, known, strict=True)]
    bad = known & np.array([value is None for value in result], dtype=bool)
    gaps = bool(not known.all() or bad.any())
    dtype = DTYPES.get(kind) or {"int": ("int64", "Int64"), "bool": ("bool", "boolean")}[kind][gaps]
    return pd.Series(pd.array(result, dtype=dtype), index=values.index), bad


def texts(values: "pd.Series", kind: str) -> tuple["pd.Series", "np.ndarray"]:
    """The numbers, times or truths that a column of text spells, and which values spell none.

    Through Arrow where it can: it is exact and fast.
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
            whole_ = kind == "int" and converted.null_count
            result = converted.to_pandas(
                types_mapper=(lambda _: pd.Int64Dtype()) if whole_ else None
            )
            return result.set_axis(values.index), np.zeros(len(values), dtype=bool)
    if kind == "datetime":  # not ISO 8601, or with a zone: say which
        bad = np.array([not is_time(text) for text in stripped.to_pylist()], dtype=bool)
        return values, bad
    return one_by_one(pd.Series(stripped.to_pylist(), index=values.index, dtype=object), kind)


def is_time(text: str | None) -> bool:
    """Whether Arrow reads a text as a time; a missing one is none to complain of."""
    import pyarrow as pa

    try:
        pa.scalar(text, pa.string()).cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return False
    return True


def numbers(values: "pd.Series", kind: str) -> tuple["pd.Series", "np.ndarray"]:
    """A column of numbers as int or float, and which values it would change."""
    import numpy as np
    import pandas as pd

    missing = values.isna().to_numpy()
    if pd.api.types.is_integer_dtype(values):
        if kind == "int":
            bad = ((values > 2**63 - 1) & ~missing).to_numpy(dtype=bool, na_value=False)
        else:
            large = (values > FLOATS) | (values < -FLOATS)
            bad = large.to_numpy(dtype=bool, na_value=False, copy=True)
            bad[bad] = [real(value) is None for value in values[bad]]
    elif kind == "int":
        highest = 2 ** (np.finfo(values.to_numpy(na_value=np.nan).dtype).nmant + 1)
        real_ = values.to_numpy(dtype="float64", na_value=np.nan)
        bad = ~missing & ~((np.abs(real_) <= highest) & (np.trunc(real_) == real_))
    else:
        bad = np.zeros(len(values), dtype=bool)
    if bad.any():
        return values, bad
    if kind == "float":
        plain = values.to_numpy(dtype="float64", na_value=np.nan)
        return pd.Series(plain, index=values.index), bad
    return values.astype("Int64" if missing.any() else "int64"), bad


def times(values: "pd.Series") -> tuple["pd.Series", "np.ndarray"]:
    """A column of times without a zone in microseconds, and which are finer than that."""
    result = values.astype("datetime64[us]")
    return result, (result.astype(values.dtype) != values).to_numpy() & values.notna().to_numpy()


def as_type(values: "pd.Series", kind: str, start: int = 0) -> "pd.Series":
    """The same values as int64 (Int64 where one is missing), float64, str, bool or datetime64[us].

    Raises ValueError with the first value that is not of the kind or would be changed, its row counted
    from start, and what is allowed.
    """
    import numpy as np
    import pandas as pd

    dtype, types = values.dtype, pd.api.types
    if dtype == PLAIN[kind]:
        return values
    own = isinstance(dtype, np.dtype | pd.api.extensions.ExtensionDtype) and not isinstance(
        dtype, pd.ArrowDtype | pd.CategoricalDtype | pd.SparseDtype
    )
    real_ = own and (types.is_integer_dtype(dtype) or types.is_float_dtype(dtype))
    if own and isinstance(dtype, pd.StringDtype):
        result, bad = (values.astype("str"), None) if kind == "str" else texts(values, kind)
    elif real_ and kind in ("int", "float"):
        result, bad = numbers(values, kind)
    elif own and types.is_datetime64_dtype(dtype) and kind == "datetime":
        result, bad = times(values)
    elif own and types.is_bool_dtype(dtype) and kind == "bool":
        result, bad = values.astype("boolean" if values.isna().any() else "bool"), None
    elif real_ and kind == "str" and types.is_integer_dtype(dtype):
        result, bad = values.astype("str"), None
    else:
        loose = values.astype(object)
        if kind != "str" and loose.map(type).isin([str, type(None)]).all():
            result, bad = texts(loose, kind)
        else:
            result, bad = one_by_one(loose, kind)
    if bad is not None and bad.any():
        raise ValueError(f"holds {first(values, bad, start)}; allowed: {ALLOWED[kind]}")
    return result


def typed(frame: "pd.DataFrame", columns: dict[str, Column], source: str) -> "pd.DataFrame":
    """The declared columns alone, each of its declared type; rows are numbered anew.

    Raises DataError that names the column that is missing, there twice, or of another type.
    """
    import pandas as pd

    missing = [name for name in columns if name not in frame]
    if missing:
        raise DataError(
            f"{source}: column {missing[0]} is missing; there are {', '.join(map(str, frame))}; {MEND}"
        )
    result = {}
    frame = frame.reset_index(drop=True)
    for name, column in columns.items():
        column_values = frame[name]
        if column_values.ndim != 1:
            raise DataError(
                f"{source}: column {name} stands there {column_values.shape[1]} times; {MEND}"
            )
        try:
            result[name] = as_type(column_values, column.type)
        except (ValueError, TypeError) as error:
            raise DataError(
                f"{source}: column {name} is {column_values.dtype}, expected {column.type}: {error}; {MEND}"
            ) from error
    return pd.DataFrame(result, copy=False)
