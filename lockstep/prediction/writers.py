"""Files of predictions, written a partition at a time; exact in every format."""

import gzip
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from lockstep.prediction.row_files import suffix

if TYPE_CHECKING:
    import pyarrow as pa

    Write = Callable[[pa.Table], object]


def arrow_schema(types: dict[str, str]) -> "pa.Schema":
    """Return an Arrow schema of declared types by column."""
    import pyarrow as pa

    arrow_types = {
        "int": pa.int64(),
        "float": pa.float64(),
        "str": pa.string(),
        "bool": pa.bool_(),
        "datetime": pa.timestamp("us"),
    }
    return pa.schema([(name, arrow_types[kind]) for name, kind in types.items()])


@contextmanager
def open_text(path: Path, packed: bool) -> Iterator[IO[str]]:
    """Open a text file in UTF-8 with LF line ends; packed without a time or a name, the same each time."""
    with path.open("wb") as plain:
        stream = gzip.GzipFile("", "wb", fileobj=plain, mtime=0) if packed else plain
        with io.TextIOWrapper(stream, "utf-8", newline="\n") as lines:
            yield lines


@contextmanager
def open_writer(path: Path, like: Path, schema: "pa.Schema") -> Iterator["Write"]:
    """Open a file and give the function that appends a table to it.

    Missing values are null in Parquet and JSON Lines, empty in CSV; numbers read back the same bits.

    Parameters
    ----------
    path : Path
    like : Path
        A name whose suffix is the format.
    schema : Schema
        The columns of every table.

    Yields
    ------
    callable
    """
    kind = suffix(like) or ""
    if kind == ".parquet":
        import pyarrow.parquet as pq

        with pq.ParquetWriter(path, schema, compression="zstd") as file:
            yield file.write_table
        return
    with open_text(path, kind.endswith(".gz")) as lines:
        if kind.startswith(".csv"):
            schema.empty_table().to_pandas().to_csv(lines, index=False, lineterminator="\n")
            yield lambda table: table.to_pandas(integer_object_nulls=True).to_csv(
                lines, index=False, header=False, lineterminator="\n"
            )
        else:
            yield lambda table: lines.writelines(
                json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in table.to_pylist()
            )
