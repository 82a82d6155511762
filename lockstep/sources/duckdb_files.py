"""DuckDB: SQL over files, such as Parquet, CSV or JSON, without a server."""

import contextlib
import tempfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.schema import Source
from lockstep.sources.parquet_types import table_from_arrow
from lockstep.sources.query import LAST, Database

if TYPE_CHECKING:
    import pyarrow as pa


def quote_identifier(name: str) -> str:
    """Return a column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def rechunk(batches: Iterator["pa.RecordBatch"], n_rows: int) -> Iterator["pa.Table"]:
    """Yield the same rows in tables of exactly n_rows; the last one may have less."""
    import pyarrow as pa

    pending: list[pa.RecordBatch] = []
    n_pending = 0
    for batch in batches:
        while batch.num_rows:
            n_taken = min(n_rows - n_pending, batch.num_rows)
            pending.append(batch.slice(0, n_taken))
            n_pending += n_taken
            batch = batch.slice(n_taken)
            if n_pending == n_rows:
                yield pa.Table.from_batches(pending)
                pending, n_pending = [], 0
    if pending:
        yield pa.Table.from_batches(pending)


@contextlib.contextmanager
def open_database(_: Source) -> Iterator[Database]:
    """Open a database in memory; what does not fit is spilled to a folder that is gone at the end.

    Raises ConfigError where DuckDB is not installed, LockstepError with DuckDB's message.
    """
    try:
        import duckdb
    except ImportError as error:
        raise ConfigError(
            "dataset.source.kind is 'duckdb', which needs the package duckdb; install the extra duckdb of "
            "pyproject.toml"
        ) from error

    def run(sql: str, parameters: dict[str, Any], n_rows: int) -> Iterator["pa.Table"]:
        reader = connection.sql(sql, params=parameters or None).to_arrow_reader(n_rows)
        is_empty = True
        for table in rechunk(iter(reader), n_rows):
            is_empty = False
            yield table_from_arrow(table)
        if is_empty:
            yield table_from_arrow(reader.schema.empty_table())

    with tempfile.TemporaryDirectory() as spill, contextlib.ExitStack() as stack:
        try:
            connection = duckdb.connect(config={"temp_directory": spill})
            stack.callback(connection.close)
            connection.execute("SET TimeZone = 'UTC'")
            yield Database(run, quote_identifier, f"${LAST}")
        except duckdb.Error as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip(" ^")]
            raise LockstepError(f"dataset.source.query: {'; '.join(lines)}") from error
