"""Files of new rows, read a partition at a time: Parquet, CSV, JSON Lines, the two texts also as .gz.

A partition is an Arrow table of the declared columns that the file has; text is not yet converted.
"""

import glob
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError
from lockstep.core.schema import Column

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 50_000  # of a partition at most
BLOCK = 1 << 20  # bytes of CSV read at a time; no row may be longer. Arrow reads dozens ahead.
SUFFIXES = (".parquet", ".csv", ".csv.gz", ".jsonl", ".jsonl.gz")
TEXT = "save it as UTF-8, for example with `iconv -f latin1 -t utf-8`"


def suffix(path: Path) -> str | None:
    """Which of SUFFIXES a file's name ends with."""
    return next((one for one in SUFFIXES if path.name.lower().endswith(one)), None)


def find(given: str) -> list[Path]:
    """The files that a path, a folder or a pattern names, in name order.

    Of a folder those with a known suffix. Raises DataError where there is none.
    """
    path = Path(given)
    if path.is_dir():
        shown = [one for one in sorted(path.iterdir()) if not one.name.startswith(".")]
        found = [one for one in shown if suffix(one) and one.is_file()]
    elif path.exists():
        found = [path]
    else:
        found = [Path(name) for name in sorted(glob.glob(given, recursive=True))]
        found = [one for one in found if one.is_file()]
    if not found:
        what = f"holds no file that ends with {', '.join(SUFFIXES)}"
        raise DataError(f"{given} {what if path.is_dir() else 'is not there'}")
    for one in found:
        if not suffix(one):
            raise DataError(f"{one}: its name must end with {', '.join(SUFFIXES)}")
        if one.stat().st_size == 0:
            raise DataError(f"{one} is empty: it has not even the columns' names")
    return found


def present(names: list[str], columns: dict[str, Column], path: Path) -> list[str]:
    """The declared columns among a file's. Raises DataError for one that must be there and is not."""
    for name, column in columns.items():
        if name not in names and not column.nullable:
            raise DataError(f"{path}: column {name} is missing; there are {', '.join(names)}")
        if names.count(name) > 1:
            raise DataError(f"{path}: column {name} stands there {names.count(name)} times")
    return [name for name in columns if name in names]


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What a library finds wrong with a file, as one line."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowInvalid, OSError, EOFError, UnicodeDecodeError, json.JSONDecodeError) as error:
        coded = isinstance(error, UnicodeDecodeError) or "UTF8" in str(error)
        what = f"is not UTF-8 text; {TEXT}" if coded else f"cannot be read: {error}"
        raise DataError(f"{path} {what}") from error


def total(found: list[Path]) -> int | None:
    """Rows of all files, as Parquet notes them; None where that would need reading a text."""
    import pyarrow.parquet as pq

    if not found or any(suffix(path) != ".parquet" for path in found):
        return None
    rows = 0
    for path in found:
        with told(path):
            rows += pq.read_metadata(path).num_rows
    return rows


def regrouped(batches: Iterable["pa.RecordBatch"]) -> Iterator["pa.Table"]:
    """The same rows in tables of ROWS, the last aside: what a table costs hardly depends on its rows."""
    import pyarrow as pa

    held: list[pa.Table] = []
    for batch in batches:
        held.append(pa.Table.from_batches([batch]))
        while sum(map(len, held)) >= ROWS:
            table = pa.concat_tables(held)
            yield table.slice(0, ROWS)
            held = [table.slice(ROWS)]
    if sum(map(len, held)):
        yield pa.concat_tables(held)


def parquet(path: Path, columns: dict[str, Column]) -> Iterator["pa.Table"]:
    """Partitions of a Parquet file."""
    import pyarrow.parquet as pq

    # Not buffered ahead: Arrow would keep what it has read until the file's end.
    with told(path), pq.ParquetFile(path, pre_buffer=False) as file:
        wanted = present(file.schema_arrow.names, columns, path)
        groups = range(file.num_row_groups)
        yield from regrouped(
            batch
            for group in groups
            for batch in file.iter_batches(ROWS, row_groups=[group], columns=wanted)
        )


def csv(path: Path, columns: dict[str, Column]) -> Iterator["pa.Table"]:
    """Partitions of a CSV file, every column as text; an empty field is missing."""
    import codecs

    import pyarrow as pa
    import pyarrow.csv as pc

    read = pc.ReadOptions(block_size=BLOCK)
    parse = pc.ParseOptions(newlines_in_values=True)
    with told(path):
        with pa.input_stream(str(path)) as stream:
            head = stream.read(1 << 16)
        codecs.getincrementaldecoder("utf-8")().decode(head)
        if b"\0" in head:
            raise DataError(f"{path} is not UTF-8 text; {TEXT}")
        with pa.input_stream(str(path)) as stream:
            names = pc.open_csv(stream, read, parse).schema.names
        wanted = present(names, columns, path)
        convert = pc.ConvertOptions(
            column_types={name: pa.string() for name in wanted},
            include_columns=wanted,
            null_values=[""],
            strings_can_be_null=True,
        )
        with pa.input_stream(str(path)) as stream:
            yield from regrouped(pc.open_csv(stream, read, parse, convert))


def values(found: list[Any]) -> "pa.Array":
    """Values of JSON as Arrow finds them; as text where they are of several kinds."""
    import pyarrow as pa

    try:
        return pa.array(found)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array(
            [one if one is None or isinstance(one, str) else json.dumps(one) for one in found]
        )


def json_lines(path: Path, columns: dict[str, Column]) -> Iterator["pa.Table"]:
    """Partitions of a file with a JSON object on each line; a key that a line lacks is missing there."""
    import gzip
    from itertools import islice

    import pyarrow as pa

    with told(path), gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        start = 0
        while lines := list(islice(stream, ROWS)):
            rows = []
            for number, line in enumerate(lines, start + 1):
                try:
                    row = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
                except json.JSONDecodeError as error:
                    if not line.strip():
                        continue
                    raise DataError(f"{path}, line {number}: not JSON: {error}") from error
                if not isinstance(row, dict):
                    raise DataError(f"{path}, line {number}: expected an object, as {{...}}")
                rows.append(row)
            names = list(dict.fromkeys(name for row in rows for name in row))
            wanted = present(names, columns, path)
            yield pa.table({name: values([row.get(name) for row in rows]) for name in wanted})
            start += len(lines)


def partitions(path: Path, columns: dict[str, Column]) -> Iterator["pa.Table"]:
    """The rows of a file in tables of at most ROWS. Raises DataError that names what is wrong."""
    kind = (suffix(path) or "").removesuffix(".gz")
    reader = {".parquet": parquet, ".csv": csv, ".jsonl": json_lines}[kind]
    yield from reader(path, columns)
