"""Files of predictions, written a partition at a time beside their place; exact in every format."""

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


def schema(types: dict[str, str]) -> "pa.Schema":
    """An Arrow schema of declared types by column."""
    import pyarrow as pa

    known = {
        "int": pa.int64(),
        "float": pa.float64(),
        "str": pa.string(),
        "bool": pa.bool_(),
        "datetime": pa.timestamp("us"),
    }
    return pa.schema([(name, known[kind]) for name, kind in types.items()])


@contextmanager
def text(path: Path, packed: bool) -> Iterator[IO[str]]:
    """A text file in UTF-8 with LF line ends; packed without a time or a name, the same each time."""
    with path.open("wb") as plain:
        stream = gzip.GzipFile("", "wb", fileobj=plain, mtime=0) if packed else plain
        with io.TextIOWrapper(stream, "utf-8", newline="\n") as lines:
            yield lines


@contextmanager
def writer(path: Path, like: Path, columns: "pa.Schema") -> Iterator["Write"]:
    """A function that appends a table of these columns to path, in the format of like's suffix.

    Missing values are null in Parquet and JSON Lines, empty in CSV; numbers read back the same bits.
    """
    kind = suffix(like) or ""
    if kind == ".parquet":
        import pyarrow.parquet as pq

        with pq.ParquetWriter(path, columns, compression="zstd") as file:
            yield file.write_table
        return
    with text(path, kind.endswith(".gz")) as lines:
        if kind.startswith(".csv"):
            columns.empty_table().to_pandas().to_csv(lines, index=False, lineterminator="\n")
            yield lambda table: table.to_pandas(integer_object_nulls=True).to_csv(
                lines, index=False, header=False, lineterminator="\n"
            )
        else:
            yield lambda table: lines.writelines(
                json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in table.to_pylist()
            )
