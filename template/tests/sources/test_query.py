"""A query's columns and cursor are checked before its rows are read, and these come in one order."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from lockstep.core.errors import ConfigError, DataError
from lockstep.core.schema import Source
from lockstep.sources.duckdb_files import open_database
from lockstep.sources.fetch_record import FetchedFile, FetchRecord
from lockstep.sources.query import (
    Database,
    last_cursor,
    new_rows_clause,
    preview,
    read_columns,
    read_new_rows,
    recorded_cursor,
)


@pytest.fixture
def database() -> Iterator[Database]:
    """A database in memory."""
    with open_database(Source("duckdb")) as database:
        yield database


def numbers(cursor: str | None = None) -> Source:
    """Return the numbers 3, 1 and 2 with their squares, at most two rows a table."""
    query = "SELECT n, n * n AS square FROM (VALUES (3), (1), (2)) AS v(n) -- a comment"
    return Source("duckdb", query=query, cursor=cursor, rows=2)


def fetched(n_rows: int, last: int) -> FetchRecord:
    """Return the record of a fetch of so many rows up to a number."""
    files = [FetchedFile("part-00000.parquet", n_rows, "hash")]
    return FetchRecord({}, files, {"n": "int64", "square": "int64"}, last)


def test_rows_come_in_order_in_tables_of_the_asked_size(database: Database) -> None:
    columns = read_columns(database, numbers(), None)
    tables = list(read_new_rows(database, numbers(), columns, None))
    assert [table.column("n").to_pylist() for table in tables] == [[1, 2], [3]]


def test_only_rows_beyond_the_cursor_are_new(database: Database) -> None:
    source, record = numbers(cursor="n"), fetched(2, last=2)
    (table,) = read_new_rows(database, source, ["n", "square"], record)
    assert table.to_pydict() == {"n": [3], "square": [9]}
    assert preview(database, source, record, record) == "1 rows beyond the cursor of n, square"


def test_rows_that_came_late_are_an_error(database: Database) -> None:
    with pytest.raises(DataError, match="up to n 2 there are 2 rows and 1 were fetched"):
        new_rows_clause(database, numbers(cursor="n"), fetched(1, last=2))


def test_a_cursor_that_is_no_column_and_a_vanished_column_are_refused(database: Database) -> None:
    with pytest.raises(ConfigError, match="cursor is 'm'; allowed: n, square"):
        read_columns(database, numbers(cursor="m"), None)
    earlier = FetchRecord({}, [], {"n": "int64", "cube": "int64"})
    with pytest.raises(DataError, match="column cube was fetched before"):
        read_columns(database, numbers(), earlier)


def test_a_column_that_comes_twice_is_refused() -> None:
    twice = pa.table([[1], [2]], names=["n", "n"])
    database = Database(lambda *_: iter([twice]), str, ":last")
    with pytest.raises(DataError, match="gives column n twice"):
        read_columns(database, numbers(), None)


def test_a_cursor_comes_back_as_the_database_compares_it() -> None:
    import datetime

    day = datetime.date(2020, 1, 2)
    for value in (7, "b", day, datetime.datetime(2020, 1, 2, 3)):
        table = pa.table({"c": [value]})
        record = FetchRecord({}, [], {"c": str(table.schema[0].type)}, last_cursor("c", table))
        assert recorded_cursor(record, "c") == value


@pytest.mark.parametrize("value", [None, 1.5, True])
def test_a_cursor_without_an_order_is_refused(value: object) -> None:
    with pytest.raises((ConfigError, DataError), match=r"dataset\.source\.cursor"):
        last_cursor("c", pa.table({"c": pa.array([value], pa.int64() if value is None else None)}))
