"""A column becomes its declared type with every value as it was, or is refused by column and row."""

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep.core.errors import DataError
from lockstep.core.schema import Column
from lockstep.data.column_types import as_type, convert_columns

BIG = 2**53 + 1
UTC = dt.timezone.utc  # noqa: UP017
KEPT: list[tuple[str, pd.Series, list[Any], str]] = [
    ("int", pd.Series([1.0, -0.0]), [1, 0], "int64"),
    ("int", pd.Series(["1.0", " 2 ", "+3", "1e3"]), [1, 2, 3, 1000], "int64"),
    ("int", pd.Series(["1.0", str(BIG), "NA"]), [1, BIG, None], "Int64"),
    ("int", pd.Series([BIG, None], dtype=object), [BIG, None], "Int64"),
    ("int", pd.Series([BIG, None], dtype="Int64"), [BIG, None], "Int64"),
    ("int", pd.Series([BIG, None], dtype="UInt64"), [BIG, None], "Int64"),
    ("int", pd.Series([BIG, 1], dtype="int64[pyarrow]"), [BIG, 1], "int64"),
    ("int", pd.Series([BIG, None], dtype=object).astype("category"), [BIG, None], "Int64"),
    ("int", pd.Series([1.0, np.nan]), [1, None], "Int64"),
    ("int", pd.Series([Decimal("7.00"), None]), [7, None], "Int64"),
    ("int", pd.Series([None, np.nan], dtype=object), [None, None], "Int64"),
    ("float", pd.Series([2**53, -(2**60)]), [2.0**53, -(2.0**60)], "float64"),
    ("float", pd.Series([1, None], dtype="Int64"), [1.0, None], "float64"),
    ("float", pd.Series(["0.1", "", "inf", "+2"]), [0.1, None, np.inf, 2.0], "float64"),
    ("float", pd.Series([Decimal("0.1"), None]), [0.1, None], "float64"),
    ("float", pd.Series([1, "2", None], dtype=object), [1.0, 2.0, None], "float64"),
    ("str", pd.Series([7, None], dtype="Int64"), ["7", None], "str"),
    ("str", pd.Series(["ä", "", None]), ["ä", "", None], "str"),
    ("str", pd.Series([np.nan, np.nan]), [None, None], "str"),
    ("str", pd.Series(["b", None]).astype("category"), ["b", None], "str"),
    ("bool", pd.Series(["True", "0", None]), [True, False, None], "boolean"),
    ("bool", pd.Series([1, 0]), [True, False], "bool"),
    ("bool", pd.Series([1.0, np.nan]), [True, None], "boolean"),
    ("datetime", pd.Series(["1899-12-31", None]), [dt.datetime(1899, 12, 31), None], "M"),
    ("datetime", pd.Series([dt.date(1960, 2, 29)]), [dt.datetime(1960, 2, 29)], "M"),
    (
        "datetime",
        pd.Series(["2013-01-31T05:15:00"]).astype("datetime64[ns]"),
        [dt.datetime(2013, 1, 31, 5, 15)],
        "M",
    ),
]
REFUSED: list[tuple[str, pd.Series]] = [  # row 1 is the one to blame
    ("int", pd.Series([1.0, 1e19])),
    ("int", pd.Series([1, 2**63], dtype="uint64")),
    ("int", pd.Series([1, 2**63], dtype="UInt64")),
    ("int", pd.Series([1.0, 2.0**53 + 2, np.nan])),
    ("int", pd.Series([1.0, 2.0**24 + 2], dtype="float32")),
    ("int", pd.Series([1.0, np.inf])),
    ("int", pd.Series([1, 1.5])),
    ("int", pd.Series([1, True], dtype=object)),
    ("int", pd.Series(["1", "True"])),
    ("int", pd.Series(["1", "1_000"])),
    ("int", pd.Series(["1", "9223372036854775808"])),
    ("int", pd.Series(["1", "1e999"])),
    ("int", pd.Series([1, Decimal("1.5")])),
    ("int", pd.Series([1, b"2"], dtype=object)),
    ("float", pd.Series([1, BIG])),
    ("float", pd.Series([1, BIG, None], dtype="Int64")),
    ("float", pd.Series([1.0, True], dtype=object)),
    ("float", pd.Series([1.0, [2.0]], dtype=object)),
    ("float", pd.Series([1.0, 1j], dtype=object)),
    ("float", pd.Series([None, pd.Timestamp("2013-01-01")])),
    ("float", pd.Series([None, pd.Timedelta("1h")])),
    ("float", pd.Series(["1", "1,5"])),
    ("str", pd.Series([np.nan, 5.0])),
    ("str", pd.Series(["a", b"a"])),
    ("str", pd.Series(["a", ["a"]])),
    ("str", pd.Series(["a", {"a": 1}])),
    ("str", pd.Series(["a", True])),
    ("str", pd.Series([None, pd.Timestamp("2013-01-01")])),
    ("bool", pd.Series([1, 2])),
    ("bool", pd.Series(["true", "yes"])),
    ("bool", pd.Series([True, b"1"])),
    ("datetime", pd.Series(["2013-01-01", "01/02/2013"])),
    ("datetime", pd.Series(["2013-01-01", "20130102"])),
    ("datetime", pd.Series(["2013-01-01", "2013"])),
    ("datetime", pd.Series(["2013-01-01", "2013-01-01T00:00:00Z"])),
    ("datetime", pd.Series([None, 2013.0])),
    ("datetime", pd.Series([None, 20130101], dtype="Int64")),
    ("datetime", pd.Series([None, pd.Timestamp("2013-01-01", tz="UTC")])),
    ("datetime", pd.Series([None, dt.datetime(2013, 1, 1, tzinfo=UTC)], dtype=object)),
    ("datetime", pd.Series([None, pd.Timestamp("2013-01-01T00:00:00.000000001")])),
    ("datetime", pd.Series([None, True], dtype=object)),
]


def plain(values: pd.Series) -> list[Any]:
    """Values as Python's, missing ones None."""
    return [None if pd.isna(one) else one for one in values.astype(object)]


@pytest.mark.parametrize(("kind", "values", "expected", "dtype"), KEPT)
def test_values_are_kept(kind: str, values: pd.Series, expected: list[Any], dtype: str) -> None:
    result = as_type(values, kind)
    assert plain(result) == expected
    assert str(result.dtype) == {"M": "datetime64[us]"}.get(dtype, dtype)


@pytest.mark.parametrize(("kind", "values"), REFUSED)
def test_a_value_that_would_change_is_refused_by_row(kind: str, values: pd.Series) -> None:
    with pytest.raises(ValueError, match=r"holds .* in row 11 \(from 0\); allowed: "):
        as_type(values, kind, start=10)


@pytest.mark.parametrize("kind", ["int", "float", "str", "bool", "datetime"])
@pytest.mark.parametrize("dtype", ["object", "str", "float64", "Int64", "category"])
def test_no_row_and_no_value_are_of_every_kind(kind: str, dtype: str) -> None:
    for rows in (0, 2):
        result = as_type(pd.Series([None] * rows, dtype=dtype), kind)
        assert len(result) == rows and result.isna().all()


NUMBERS = st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=8)


@given(NUMBERS)
def test_whole_numbers_of_64_bits_are_kept_to_the_last(values: list[int | None]) -> None:
    for given_ in (
        pd.Series(values, dtype=object),
        pd.Series(values, dtype="Int64"),
        pd.Series([None if one is None else str(one) for one in values], dtype="str"),
        pd.Series([None if one is None else f"{one}.0" for one in values], dtype="str"),
    ):
        assert plain(as_type(given_, "int")) == values


def test_one_line_names_column_row_what_was_expected_and_what_to_do() -> None:
    frame = pd.DataFrame({"größe": [1.0, 1e19], "x": [1, 2]}, index=[5, 5])
    with pytest.raises(DataError) as refusal:
        convert_columns(frame, {"größe": Column("int")}, "data/raw/a, part")
    line = str(refusal.value)
    for words in ("column größe is float64, expected int", "1e+19 in row 1", "mend the source"):
        assert words in line
    result = convert_columns(frame, {"x": Column("float")}, "")
    assert result.index.tolist() == [0, 1] and result.columns.tolist() == ["x"]
    with pytest.raises(DataError, match="column z is missing; there are größe, x"):
        convert_columns(frame, {"z": Column("int")}, "")
    with pytest.raises(DataError, match="column x stands there 2 times"):
        convert_columns(pd.concat([frame, frame], axis=1), {"x": Column("int")}, "")
