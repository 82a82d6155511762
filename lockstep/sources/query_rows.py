"""A query's rows as numbered Parquet partitions whose columns keep their types from one to the next."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lockstep.core.errors import DataError
from lockstep.core.schema import Source
from lockstep.sources.fetch_record import FetchRecord, describe_file, source_identity
from lockstep.sources.parquet_types import decimal_type, merge_schemas, write_partition
from lockstep.sources.query import FULL_HINT, Database, last_cursor, read_columns, read_new_rows

if TYPE_CHECKING:
    import pyarrow as pa


class Partition(NamedTuple):
    """A partition as it was written."""

    name: str
    n_rows: int
    schema: "pa.Schema"


def recorded_schema(record: FetchRecord, columns: list[str]) -> "pa.Schema":
    """Return the columns with their recorded types. Raises DataError that names a column that is new."""
    import pyarrow as pa

    new = [name for name in columns if name not in record.columns]
    if new:
        raise DataError(f"column {new[0]} is new and not in the earlier partitions; {FULL_HINT}")
    type_by_name = {
        "null": pa.null(),
        "bool": pa.bool_(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "string": pa.string(),
        "date32[day]": pa.date32(),
        "timestamp[us]": pa.timestamp("us"),
    }
    for type_name in record.columns.values():
        decimal = re.fullmatch(r"decimal128\(\d+, (\d+)\)", type_name)
        if decimal:
            type_by_name[type_name] = decimal_type(int(decimal[1]))
    return pa.schema({name: type_by_name[record.columns[name]] for name in columns})


def check_types_kept(old: "pa.Schema", new: "pa.Schema") -> None:
    """Raise DataError where new rows would change a column's type; one without a value yet may get one."""
    import pyarrow as pa

    for field in old:
        new_type = new.field(field.name).type
        if field.type not in (new_type, pa.null()):
            raise DataError(
                f"column {field.name} was {field.type} and the new rows need {new_type}; {FULL_HINT}"
            )


def read_with_progress(
    database: Database, source: Source, columns: list[str], reusable: FetchRecord | None
) -> Iterator["pa.Table"]:
    """Yield the tables of new rows, none of them empty, with a progress bar; see read_new_rows."""
    from tqdm import tqdm

    with tqdm(desc="fetch", unit=" rows", disable=not sys.stderr.isatty()) as bar:
        for table in read_new_rows(database, source, columns, reusable):
            if table.num_rows:
                yield table
                bar.update(table.num_rows)


def fetch_rows(
    database: Database,
    source: Source,
    previous: FetchRecord | None,
    reusable: FetchRecord | None,
    folder: Path,
) -> FetchRecord:
    """Write the rows that are new as partitions into the folder.

    Parameters
    ----------
    database : Database
        An open one.
    source : Source
        Has the query and the cursor.
    previous : FetchRecord or None
        The last fetch, of whatever source.
    reusable : FetchRecord or None
        The same, if new rows can be added to it: the new partitions are numbered on from its own.
    folder : Path
        Where partitions are written.

    Returns
    -------
    FetchRecord
        Of all partitions, earlier and new.

    Raises
    ------
    DataError
        If the query gives no row at all, or a column's type would change.
    """
    import pyarrow.parquet as pq

    columns = read_columns(database, source, previous)
    old_files, last = (reusable.files, reusable.last) if reusable else ([], None)
    old_schema = recorded_schema(reusable, columns) if reusable else None
    schema = old_schema
    partitions: list[Partition] = []
    for table in read_with_progress(database, source, columns, reusable):
        schema = merge_schemas(schema or table.schema, table.schema)
        last = last_cursor(source.cursor, table) if source.cursor is not None else None
        name = f"part-{len(old_files) + len(partitions):05d}.parquet"
        write_partition(table, schema, folder / name)
        partitions.append(Partition(name, table.num_rows, schema))
    if schema is None:
        raise DataError("dataset.source.query gives no row")
    if old_schema is not None:
        check_types_kept(old_schema, schema)
    for partition in partitions:
        if partition.schema != schema:  # a later partition widened a column
            path = folder / partition.name
            write_partition(pq.read_table(path), schema, path)
    new_files = [
        describe_file(folder, partition.name, partition.n_rows) for partition in partitions
    ]
    types = {field.name: str(field.type) for field in schema}
    return FetchRecord(source_identity(source), [*old_files, *new_files], types, last)
