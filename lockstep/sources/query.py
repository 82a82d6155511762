"""What is asked of a database: a query's columns, and its rows in one order, from the cursor on.

The rows come sorted by the cursor, then by every column from left to right: a database promises no order
of its own, and the same rows shall make the same bytes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import ConfigError, DataError
from lockstep.core.schema import Source
from lockstep.sources.fetch_record import Record

if TYPE_CHECKING:
    import pyarrow as pa

LAST = "highest_fetched"
WHOLE = "`python -m lockstep fetch --full` takes it whole again"


@dataclass(frozen=True)
class Database:
    """How a query is put to one kind of database."""

    ask: Callable[
        [str, dict[str, Any], int], Iterator["pa.Table"]
    ]  # SQL, its parameters, rows a table
    quote: Callable[[str], str]  # a column's name as SQL
    last: str  # how the parameter LAST is spelt in it


def select(source: Source, what: str, rest: str) -> str:
    """SQL that asks for something of the query's rows; the query may end in a comment."""
    return f"SELECT {what} FROM (\n{(source.query or '').strip().rstrip(';')}\n) AS q {rest}"


def columns(database: Database, source: Source, before: Record | None) -> list[str]:
    """The query's columns. Raises DataError that names one that is there twice, vanished or no cursor."""
    (empty,) = database.ask(select(source, "*", "WHERE 1 = 0"), {}, 1)
    names = list(empty.column_names)
    for place, name in enumerate(names):
        if name in names[:place]:
            raise DataError(f"dataset.source.query gives column {name} twice; name one otherwise")
    if source.cursor is not None and source.cursor not in names:
        raise ConfigError(
            f"dataset.source.cursor is {source.cursor!r}; allowed: {', '.join(names)}"
        )
    vanished = [name for name in before.columns if name not in names] if before else []
    if vanished:
        raise DataError(
            f"column {vanished[0]} was fetched before and is no longer there; there are "
            f"{', '.join(names)}; mend dataset.source.query, or {WHOLE}"
        )
    return names


def last(record: Record, cursor: str) -> Any:
    """The cursor's highest value as the database compares it."""
    import datetime

    kind = record.columns[cursor]
    if kind.startswith("timestamp"):
        return datetime.datetime.fromisoformat(str(record.last))
    if kind.startswith("date"):
        return datetime.date.fromisoformat(str(record.last))
    return record.last


def highest(cursor: str, table: "pa.Table") -> int | str:
    """The cursor of the last row. Raises DataError if a row has none, or it is of no type to count on."""
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


def one_number(database: Database, sql: str, values: dict[str, Any]) -> int:
    """What a count says."""
    (table,) = database.ask(sql, values, 1)
    return int(table.column(0)[0].as_py())


def beyond(database: Database, source: Source, known: Record | None) -> tuple[str, dict[str, Any]]:
    """The condition on rows that are new. Raises DataError if those fetched before are others by number."""
    if known is None or source.cursor is None:
        return "", {}
    name = database.quote(source.cursor)
    values = {LAST: last(known, source.cursor)}
    until = select(source, "count(*)", f"WHERE {name} <= {database.last}")
    there, had = one_number(database, until, values), sum(one["rows"] for one in known.files)
    if there != had:
        raise DataError(
            f"up to {source.cursor} {known.last} there are {there:,} rows and {had:,} were fetched: "
            f"some came late, with the same value, or were removed; {WHOLE}"
        )
    return f"WHERE {name} > {database.last} ", values


def preview(database: Database, source: Source, before: Record | None, known: Record | None) -> str:
    """What a fetch would take."""
    names = columns(database, source, before)
    condition, values = beyond(database, source, known)
    count = one_number(database, select(source, "count(*)", condition), values)
    return f"{count:,} rows{' beyond the cursor' * bool(condition)} of {', '.join(names)}"


def ordered(
    database: Database, source: Source, names: list[str], known: Record | None
) -> Iterator["pa.Table"]:
    """The rows that are not known, in order, at most source.rows a table."""
    condition, values = beyond(database, source, known)
    first = [source.cursor] if source.cursor is not None else []
    order = ", ".join(map(database.quote, [*first, *(n for n in names if n not in first)]))
    yield from database.ask(
        select(source, "*", f"{condition}ORDER BY {order}"), values, source.rows
    )
