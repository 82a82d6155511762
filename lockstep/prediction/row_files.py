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
    """Return which of SUFFIXES a file's name ends with."""
    name = path.name.lower()
    return next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)


def find_files(pattern: str) -> list[Path]:
    """Return the files that a path, a folder or a pattern names, in name order.

    Of a folder it is those with a known suffix. Raises DataError where there is none.
    """
    path = Path(pattern)
    if path.is_dir():
        visible = [file for file in sorted(path.iterdir()) if not file.name.startswith(".")]
        files = [file for file in visible if suffix(file) and file.is_file()]
    elif path.exists():
        files = [path]
    else:
        matches = [Path(name) for name in sorted(glob.glob(pattern, recursive=True))]
        files = [file for file in matches if file.is_file()]
    if not files:
        reason = f"holds no file that ends with {', '.join(SUFFIXES)}"
        raise DataError(f"{pattern} {reason if path.is_dir() else 'is not there'}")
    for file in files:
        if not suffix(file):
            raise DataError(f"{file}: its name must end with {', '.join(SUFFIXES)}")
        if file.stat().st_size == 0:
            raise DataError(f"{file} is empty: it has not even the columns' names")
    return files


def present_columns(names: list[str], columns: dict[str, Column], path: Path) -> list[str]:
    """Return the declared columns among a file's.

    Parameters
    ----------
    names : list of str
        The file's columns.
    columns : dict
        Declared columns by name.
    path : Path

    Returns
    -------
    list of str

    Raises
    ------
    DataError
        For one that must be there and is not, or is there twice.
    """
    for name, column in columns.items():
        if name not in names and not column.nullable:
            raise DataError(f"{path}: column {name} is missing; there are {', '.join(names)}")
        if names.count(name) > 1:
            raise DataError(f"{path}: column {name} stands there {names.count(name)} times")
    return [name for name in columns if name in names]


@contextmanager
def read_errors(path: Path) -> Iterator[None]:
    """Raise DataError, in one line, for what a library finds wrong with a file."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowInvalid, OSError, EOFError, UnicodeDecodeError, json.JSONDecodeError) as error:
        is_encoding = isinstance(error, UnicodeDecodeError) or "UTF8" in str(error)
        reason = f"is not UTF-8 text; {TEXT}" if is_encoding else f"cannot be read: {error}"
        raise DataError(f"{path} {reason}") from error


def count_rows(files: list[Path]) -> int | None:
    """Return the rows of all files, as Parquet records them; None where a text would have to be read."""
    import pyarrow.parquet as pq

    if not files or any(suffix(path) != ".parquet" for path in files):
        return None
    rows = 0
    for path in files:
        with read_errors(path):
            rows += pq.read_metadata(path).num_rows
    return rows


def regrouped(batches: Iterable["pa.RecordBatch"]) -> Iterator["pa.Table"]:
    """Return the same rows in tables of ROWS, the last smaller: small tables cost as much as large ones."""
    import pyarrow as pa

    tables: list[pa.Table] = []
    for batch in batches:
        tables.append(pa.Table.from_batches([batch]))
        while sum(map(len, tables)) >= ROWS:
            table = pa.concat_tables(tables)
            yield table.slice(0, ROWS)
            tables = [table.slice(ROWS)]
    if sum(map(len, tables)):
        yield pa.concat_tables(tables)


def read_parquet(path: Path, columns: dict[str, Column]) -> Iterator["pa.Table"]:
    """Return the partitions of a Parquet file."""
    import pyarrow.parquet as pq

    # Not buffered ahead: Arrow would keep what it has read until the file's end.
    with read_errors(path), pq.ParquetFile(path, pre_buffer=False) as file:
        names = present_columns(file.schema_arrow.names, columns, path)
        groups = range(file.num_row_groups)
        yield from regrouped(
            batch
            for group in groups
            for batch in file.iter_batches(ROWS, row_groups=[group], columns=names)
        )


def read_csv(path: Path, columns: dict[str, Column]) -> Iterator["pa.Table"]:
    """Return the partitions of a CSV file, every column as text; an empty field is missing."""
    import codecs

    import pyarrow as pa
    import pyarrow.csv as pc

    read = pc.ReadOptions(block_size=BLOCK)
    parse = pc.ParseOptions(newlines_in_values=True)
    with read_errors(path):
        with pa.input_stream(str(path)) as stream:
            head = stream.read(1 << 16)
        codecs.getincrementaldecoder("utf-8")().decode(head)
        if b"\0" in head:
            raise DataError(f"{path} is not UTF-8 text; {TEXT}")
        with pa.input_stream(str(path)) as stream:
            file_names = pc.open_csv(stream, read, parse).schema.names
        names = present_columns(file_names, columns, path)
        convert = pc.ConvertOptions(
            column_types={name: pa.string() for name in names},
            include_columns=names,
            null_values=[""],
            strings_can_be_null=True,
        )
        with pa.input_stream(str(path)) as stream:
            yield from regrouped(pc.open_csv(stream, read, parse, convert))


def json_array(values: list[Any]) -> "pa.Array":
    """Return values of JSON as Arrow reads them; as text where they are of several kinds."""
    import pyarrow as pa

    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([v if v is None or isinstance(v, str) else json.dumps(v) for v in values])


def read_json_lines(path: Path, columns: dict[str, Column]) -> Iterator["pa.Table"]:
    """Return the partitions of a file with a JSON object on each line; an absent key is missing there."""
    import gzip
    from itertools import islice

    import pyarrow as pa

    with read_errors(path), gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
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
            line_names = list(dict.fromkeys(name for row in rows for name in row))
            names = present_columns(line_names, columns, path)
            yield pa.table({name: json_array([row.get(name) for row in rows]) for name in names})
            start += len(lines)


def partitions(path: Path, columns: dict[str, Column]) -> Iterator["pa.Table"]:
    """Return the rows of a file in tables of at most ROWS. Raises DataError that names what is wrong."""
    kind = (suffix(path) or "").removesuffix(".gz")
    reader = {".parquet": read_parquet, ".csv": read_csv, ".jsonl": read_json_lines}[kind]
    yield from reader(path, columns)
