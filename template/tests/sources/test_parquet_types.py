"""A column has one type in all partitions, or is refused by name."""

import datetime
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from lockstep.core.errors import DataError
from lockstep.sources.parquet_types import (
    common_type,
    decimal_type,
    merge_schemas,
    stored_type,
    table_from_arrow,
    table_from_rows,
    write_partition,
)

STORED = [
    (pa.int8(), pa.int64()),
    (pa.uint32(), pa.int64()),
    (pa.float32(), pa.float64()),
    (pa.decimal128(9, 2), decimal_type(2)),
    (pa.large_string(), pa.string()),
    (pa.dictionary(pa.int32(), pa.string()), pa.string()),
    (pa.date64(), pa.date32()),
    (pa.timestamp("ns", "Europe/Berlin"), pa.timestamp("us")),
    (pa.bool_(), pa.bool_()),
    (pa.null(), pa.null()),
    (pa.binary(), None),
    (pa.list_(pa.int64()), None),
]


@pytest.mark.parametrize(("dtype", "expected"), STORED)
def test_the_stored_type(dtype: Any, expected: Any) -> None:
    assert stored_type(dtype) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (pa.null(), pa.string(), pa.string()),
        (pa.int64(), pa.float64(), pa.float64()),
        (pa.int64(), decimal_type(2), decimal_type(2)),
        (decimal_type(1), decimal_type(3), decimal_type(3)),
        (pa.int64(), pa.string(), None),
    ],
)
def test_the_common_type_in_either_order(left: Any, right: Any, expected: Any) -> None:
    assert common_type(left, right) == common_type(right, left) == expected


def test_rows_of_a_driver_become_columns() -> None:
    rows = [(1, Decimal("1.50"), uuid.UUID(int=7), datetime.date(2020, 1, 1)), (None,) * 4]
    table = table_from_rows(["n", "amount", "id", "day"], rows)
    assert table.schema.types == [pa.int64(), decimal_type(2), pa.string(), pa.date32()]
    assert table.column("id").to_pylist() == [str(uuid.UUID(int=7)), None]
    assert table_from_rows(["a"], []).schema.types == [pa.null()]


def test_values_of_two_kinds_and_types_that_cannot_be_read_are_refused_by_name() -> None:
    with pytest.raises(DataError, match="column b holds values of several kinds"):
        table_from_rows(["a", "b"], [(1, 1), (2, "many")])
    with pytest.raises(DataError, match="column a holds binary"):
        table_from_arrow(pa.table({"a": [b"bytes"]}))


def test_a_schema_widens_or_names_the_column_that_cannot() -> None:
    whole, real = pa.schema({"a": pa.int64()}), pa.schema({"a": pa.float64()})
    assert merge_schemas(whole, real) == real
    with pytest.raises(DataError, match="column a holds int64 in some rows and string in others"):
        merge_schemas(whole, pa.schema({"a": pa.string()}))


def test_whole_numbers_with_gaps_are_exact_in_pandas(tmp_path: Path) -> None:
    table = pa.table({"n": pa.array([2**60 + 1, None])})
    write_partition(table, table.schema, tmp_path / "a.parquet")
    frame = pd.read_parquet(tmp_path / "a.parquet")
    assert frame["n"].dtype == "Int64" and frame["n"][0] == 2**60 + 1


def test_a_value_that_the_schema_cannot_hold_names_its_column(tmp_path: Path) -> None:
    table = pa.table({"n": pa.array(["a"])})
    with pytest.raises(DataError, match="column n cannot be int64 throughout"):
        write_partition(table, pa.schema({"n": pa.int64()}), tmp_path / "a.parquet")
