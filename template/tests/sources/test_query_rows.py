"""Partitions of a query keep their types, and new ones are numbered on."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from lockstep.core.errors import DataError
from lockstep.core.schema import Source
from lockstep.sources.duckdb_files import open_database
from lockstep.sources.fetch_record import FetchRecord
from lockstep.sources.query_rows import check_types_kept, fetch_rows, recorded_schema


def fetch_query(query: str, folder: Path, earlier: FetchRecord | None = None) -> FetchRecord:
    """Fetch a query's new rows into a folder, two a partition."""
    folder.mkdir(exist_ok=True)
    source = Source("duckdb", query=query, cursor="n", rows=2)
    with open_database(source) as database:
        return fetch_rows(database, source, earlier, earlier, folder)


def test_a_column_that_widens_late_has_one_type_in_all_partitions(tmp_path: Path) -> None:
    query = "SELECT * FROM (VALUES (1, NULL), (2, NULL), (3, 'a')) AS v(n, note)"
    record = fetch_query(query, tmp_path)
    assert record.columns == {"n": "int64", "note": "string"} and record.last == 3
    assert [(file.path, file.rows) for file in record.files] == [
        ("part-00000.parquet", 2),
        ("part-00001.parquet", 1),
    ]
    dtypes = [pd.read_parquet(tmp_path / path).dtypes.to_dict() for path in record.paths]
    assert dtypes[0] == dtypes[1]


def test_new_rows_are_numbered_on(tmp_path: Path) -> None:
    first = fetch_query("SELECT unnest([1, 2, 3]) AS n", tmp_path)
    second = fetch_query("SELECT unnest([1, 2, 3, 4]) AS n", tmp_path / "new", first)
    assert second.paths == [*first.paths, "part-00002.parquet"] and second.last == 4
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["part-00002.parquet"]


def test_a_query_without_rows_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="gives no row"):
        fetch_query("SELECT 1 AS n WHERE 1 = 0", tmp_path)


def test_recorded_types_come_back_and_a_new_column_is_refused() -> None:
    schema = pa.schema({"n": pa.int64(), "price": pa.decimal128(38, 2), "t": pa.timestamp("us")})
    record = FetchRecord({}, [], {field.name: str(field.type) for field in schema})
    assert recorded_schema(record, ["n", "price", "t"]) == schema
    with pytest.raises(DataError, match="column m is new"):
        recorded_schema(record, ["n", "m"])


def test_a_type_must_stay_unless_there_was_no_value() -> None:
    whole, text = pa.schema({"a": pa.int64()}), pa.schema({"a": pa.string()})
    check_types_kept(pa.schema({"a": pa.null()}), text)
    with pytest.raises(DataError, match="column a was int64 and the new rows need string"):
        check_types_kept(whole, text)
