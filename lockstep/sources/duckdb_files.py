"""DuckDB: SQL over files, such as Parquet, CSV or JSON, without a server."""

import contextlib
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.schema import Source
from lockstep.sources import parquet_types
from lockstep.sources.query import LAST, Database

if TYPE_CHECKING:
    import pyarrow as pa


def quoted(name: str) -> str:
    """A column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def rechunked(batches: Iterator["pa.RecordBatch"], rows: int) -> Iterator["pa.Table"]:
    """The same rows in tables of exactly so many, but the last."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    for batch in batches:
        while batch.num_rows:
            take = min(rows - sum(one.num_rows for one in held), batch.num_rows)
            held.append(batch.slice(0, take))
            batch = batch.slice(take)
            if sum(one.num_rows for one in held) == rows:
                yield pa.Table.from_batches(held)
                held = []
    if held:
        yield pa.Table.from_batches(held)


@contextlib.contextmanager
def opened(_: Source) -> Iterator[Database]:
    """A database in memory; what does not fit goes to a folder that is gone at the end.

    Raises ConfigError where DuckDB is not installed, LockstepError with its words.
    """
    try:
        import duckdb
    except ImportError as error:
        raise ConfigError(
            "dataset.source.kind is 'duckdb', which needs the package duckdb; install the extra duckdb of "
            "pyproject.toml"
        ) from error
    with tempfile.TemporaryDirectory() as spill, contextlib.ExitStack() as stack:

        def ask(sql: str, values: dict[str, Any], rows: int) -> Iterator["pa.Table"]:
            found = connection.sql(sql, params=values or None)
            reader = found.to_arrow_reader(rows)
            empty = True
            for table in rechunked(iter(reader), rows):
                empty = False
                yield parquet_types.of_arrow(table)
            if empty:
                yield parquet_types.of_arrow(reader.schema.empty_table())

        try:
            connection = duckdb.connect(config={"temp_directory": spill})
            stack.callback(connection.close)
            connection.execute("SET TimeZone = 'UTC'")
            yield Database(ask, quoted, f"${LAST}")
        except duckdb.Error as error:
            text = "; ".join(one.strip() for one in str(error).splitlines() if one.strip(" ^"))
            raise LockstepError(f"dataset.source.query: {text}") from error
