"""A query's rows as numbered Parquet partitions whose columns keep their types from one to the next."""

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from lockstep.core.errors import DataError
from lockstep.core.schema import Source
from lockstep.sources import parquet_types
from lockstep.sources.fetch_record import Record, entry, identity
from lockstep.sources.query import WHOLE, Database, columns, highest, ordered

if TYPE_CHECKING:
    import pyarrow as pa


class Part(NamedTuple):
    """A partition as it was written."""

    path: str
    rows: int
    schema: "pa.Schema"


def schema_of(record: Record, names: list[str]) -> "pa.Schema":
    """The recorded types. Raises DataError that names a column that is new."""
    import pyarrow as pa

    new = [name for name in names if name not in record.columns]
    if new:
        raise DataError(f"column {new[0]} is new and not in the earlier partitions; {WHOLE}")
    named = {
        "null": pa.null(),
        "bool": pa.bool_(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "string": pa.string(),
        "date32[day]": pa.date32(),
        "timestamp[us]": pa.timestamp("us"),
    }
    for text in record.columns.values():
        scale = re.fullmatch(r"decimal128\(\d+, (\d+)\)", text)
        if scale:
            named[text] = parquet_types.decimal(int(scale[1]))
    return pa.schema({name: named[record.columns[name]] for name in names})


def same(before: "pa.Schema", after: "pa.Schema") -> None:
    """Refuse new rows that would change a column's type; one that had no value yet may get one."""
    import pyarrow as pa

    for field in before:
        now = after.field(field.name).type
        if field.type not in (now, pa.null()):
            raise DataError(
                f"column {field.name} was {field.type} and the new rows need {now}; {WHOLE}"
            )


def fetch(
    database: Database, source: Source, before: Record | None, known: Record | None, folder: Path
) -> Record:
    """Write the rows that are not known as new partitions into the folder, numbered on from the known.

    before is what was fetched last; known is the same where new rows may be added to it. Raises DataError
    where the query gives no row at all, or a column's type would change.
    """
    import pyarrow.parquet as pq
    from tqdm import tqdm

    names = columns(database, source, before)
    files, top = (list(known.files), known.last) if known else ([], None)
    start = schema = schema_of(known, names) if known else None
    parts: list[Part] = []
    with tqdm(desc="fetch", unit=" rows", disable=not sys.stderr.isatty()) as bar:
        for table in ordered(database, source, names, known):
            if not table.num_rows:
                continue
            schema = parquet_types.unified(schema or table.schema, table.schema)
            top = highest(source.cursor, table) if source.cursor is not None else None
            path = f"part-{len(files) + len(parts):05d}.parquet"
            parquet_types.write(table, schema, folder / path)
            parts.append(Part(path, table.num_rows, schema))
            bar.update(table.num_rows)
    if schema is None:
        raise DataError("dataset.source.query gives no row")
    if start is not None:
        same(start, schema)
    for part in parts:
        if part.schema != schema:  # a later partition widened a column
            parquet_types.write(pq.read_table(folder / part.path), schema, folder / part.path)
    files += [entry(folder, part.path, part.rows) for part in parts]
    types = {field.name: str(field.type) for field in schema}
    return Record(identity(source), files, types, top)
