"""Queries to a database: a query's columns, and its rows in one order, from the cursor on.

The rows come sorted by the cursor, then by every column from left to right: a database promises no order
of its own, and the same rows shall make the same bytes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import ConfigError, DataError
from lockstep.core.schema import Source
from lockstep.sources.fetch_record import FetchRecord

if TYPE_CHECKING:
    import pyarrow as pa

LAST = "highest_fetched"  # the parameter that holds the cursor's highest value
FULL_HINT = "`python -m lockstep fetch --full` takes it whole again"


@dataclass(frozen=True)
class Database:
    """How one kind of database runs a query."""

    # SQL, its parameters and the rows of a table, to tables of stored types.
    run: Callable[[str, dict[str, Any], int], Iterator["pa.Table"]]
    quote: Callable[[str], str]  # a column's name as SQL
    last: str  # the parameter LAST as SQL


def select_sql(source: Source, expressions: str, clauses: str) -> str:
    """Return SQL that selects from the query's rows; the query may end in a comment."""
    query = (source.query or "").strip().rstrip(";")
    return f"SELECT {expressions} FROM (\n{query}\n) AS q {clauses}"


def read_columns(database: Database, source: Source, previous: FetchRecord | None) -> list[str]:
    """Return the query's columns.

    Parameters
    ----------
    database : Database
        An open one.
    source : Source
        Has the query and the cursor.
    previous : FetchRecord or None
        The last fetch.

    Raises
    ------
    ConfigError
        If the cursor is none of them.
    DataError
        If one is there twice, or was fetched before and is no longer there.
    """
    (empty,) = database.run(select_sql(source, "*", "WHERE 1 = 0"), {}, 1)
    columns = list(empty.column_names)
    for name in columns:
        if columns.count(name) > 1:
            raise DataError(f"dataset.source.query gives column {name} twice; name one otherwise")
    if source.cursor is not None and source.cursor not in columns:
        raise ConfigError(
            f"dataset.source.cursor is {source.cursor!r}; allowed: {', '.join(columns)}"
        )
    vanished = [name for name in previous.columns if name not in columns] if previous else []
    if vanished:
        raise DataError(
            f"column {vanished[0]} was fetched before and is no longer there; there are "
            f"{', '.join(columns)}; correct dataset.source.query, or {FULL_HINT}"
        )
    return columns


def recorded_cursor(record: FetchRecord, cursor: str) -> Any:
    """Return the cursor's highest fetched value as the database compares it."""
    import datetime

    dtype = record.columns[cursor]
    if dtype.startswith("timestamp"):
        return datetime.datetime.fromisoformat(str(record.last))
    if dtype.startswith("date"):
        return datetime.date.fromisoformat(str(record.last))
    return record.last


def last_cursor(cursor: str, table: "pa.Table") -> int | str:
    """Return the cursor of the last row, as fetched.json holds it.

    Raises DataError if a row has none, ConfigError if its type has no order to rely on.
    """
    import datetime

    values = table.column(cursor)
    if values.null_count:
        raise DataError(f"dataset.source.cursor: {cursor} is missing in a row; leave such rows out")
    value = values[-1].as_py()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ConfigError(
            f"dataset.source.cursor: {cursor} is {values.type}; allowed: a whole number, text, "
            "a date or a time"
        )
    return value


def count_rows(database: Database, sql: str, parameters: dict[str, Any]) -> int:
    """Return the one number that a query counts."""
    (table,) = database.run(sql, parameters, 1)
    return int(table.column(0)[0].as_py())


def new_rows_clause(
    database: Database, source: Source, reusable: FetchRecord | None
) -> tuple[str, dict[str, Any]]:
    """Return the SQL clause that selects the rows that are new, and its parameters.

    Parameters
    ----------
    database : Database
        An open one.
    source : Source
        Has the query and the cursor.
    reusable : FetchRecord or None
        The last fetch, if new rows can be added to it; without it all rows are new.

    Raises
    ------
    DataError
        If the number of rows up to the cursor is not that of the rows fetched before.
    """
    if reusable is None or source.cursor is None:
        return "", {}
    cursor = database.quote(source.cursor)
    parameters = {LAST: recorded_cursor(reusable, source.cursor)}
    earlier = select_sql(source, "count(*)", f"WHERE {cursor} <= {database.last}")
    n_rows = count_rows(database, earlier, parameters)
    n_fetched = sum(file.rows or 0 for file in reusable.files)
    if n_rows != n_fetched:
        raise DataError(
            f"up to {source.cursor} {reusable.last} there are {n_rows:,} rows and {n_fetched:,} were "
            f"fetched: some came late, with the same value, or were removed; {FULL_HINT}"
        )
    return f"WHERE {cursor} > {database.last} ", parameters


def preview(
    database: Database, source: Source, previous: FetchRecord | None, reusable: FetchRecord | None
) -> str:
    """Return what a fetch would take, for a person.

    Parameters
    ----------
    database : Database
        An open one.
    source : Source
        Has the query and the cursor.
    previous : FetchRecord or None
        The last fetch, of whatever source.
    reusable : FetchRecord or None
        The same, if new rows can be added to it.
    """
    columns = read_columns(database, source, previous)
    clause, parameters = new_rows_clause(database, source, reusable)
    n_rows = count_rows(database, select_sql(source, "count(*)", clause), parameters)
    return f"{n_rows:,} rows{' beyond the cursor' * bool(clause)} of {', '.join(columns)}"


def read_new_rows(
    database: Database, source: Source, columns: list[str], reusable: FetchRecord | None
) -> Iterator["pa.Table"]:
    """Yield the rows that are new, in order, at most source.rows a table.

    Parameters
    ----------
    database : Database
        An open one.
    source : Source
        Has the query and the cursor.
    columns : list of str
        The query's columns.
    reusable : FetchRecord or None
        The last fetch, if new rows can be added to it.
    """
    clause, parameters = new_rows_clause(database, source, reusable)
    cursor = [source.cursor] if source.cursor is not None else []
    order = [*cursor, *(name for name in columns if name not in cursor)]
    clauses = f"{clause}ORDER BY {', '.join(map(database.quote, order))}"
    yield from database.run(select_sql(source, "*", clauses), parameters, source.rows)
