"""Folders of Parquet partitions: typed, zstd, written atomically, the same bytes for the same rows."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

ROW_GROUP = 2**20  # rows, as pyarrow cuts a table
# A partition is read whole, so the least and largest value of a column would serve nobody, and a dictionary
# of more than a thousand values saves no space: without both, writing takes five sixths of the time.
OPTIONS = {"compression": "zstd", "write_statistics": False, "dictionary_pagesize_limit": 2**13}


def paths(folder: Path) -> list[Path]:
    """The partitions of a folder in name order. Raises DataError where there is none."""
    result = sorted(folder.glob("*.parquet"))
    if not result:
        raise DataError(f"{folder}: expected Parquet partitions and found none; run `dvc repro`")
    return result


def damaged(path: Path, error: Exception) -> DataError:
    """The one line about a truncated or foreign file."""
    return DataError(
        f"{path}: not a whole Parquet file ({error}); "
        f"`dvc checkout --force {path.parent.as_posix()}` brings it back"
    )


def gone(path: Path) -> DataError:
    """The one line about a partition that was listed and is there no more."""
    return DataError(
        f"{path} was there and is gone; `dvc checkout --force {path.parent.as_posix()}` brings it back"
    )


def read(path: Path, columns: list[str] | None = None) -> "pd.DataFrame":
    """One partition as a frame. Raises DataError that names a truncated, foreign or vanished file.

    Without the threads and the search for more files of pandas' reader, which a small file takes longer by.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path).read(columns, use_threads=False)
    except FileNotFoundError as error:
        raise gone(path) from error
    except (pa.ArrowInvalid, OSError) as error:
        raise damaged(path, error) from error
    frame: pd.DataFrame = (table.select(columns) if columns else table).to_pandas()
    return frame


def count(path: Path) -> int:
    """How many rows a partition has. Raises DataError that names a truncated or foreign file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowInvalid, OSError) as error:
        raise damaged(path, error) from error


def read_all(folder: Path, columns: list[str] | None = None) -> "pd.DataFrame":
    """Every partition of a folder in name order, rows renumbered."""
    import pandas as pd

    return pd.concat([read(path, columns) for path in paths(folder)], ignore_index=True)


def write(frame: "pd.DataFrame", path: Path) -> None:
    """Write one partition beside its place and rename it, so that half a file is never taken for whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    # One thread: partitions are small, and starting threads for each takes longer than they save.
    table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)
    pq.write_table(table, beside, **OPTIONS)
    os.replace(beside, path)


def write_whole(frames: Iterable["pd.DataFrame"], path: Path) -> None:
    """Write frames of the same columns into one partition, as `write` would write them together.

    Holds a row group of it, ROW_GROUP rows, in one piece: where a dictionary ends depends on the pieces.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    frames = iter(frames)
    table = pa.Table.from_pandas(next(frames), preserve_index=False)
    with pq.ParquetWriter(beside, table.schema, **OPTIONS) as writer:
        for frame in frames:
            next_table = pa.Table.from_pandas(frame, preserve_index=False).cast(table.schema)
            table = pa.concat_tables([table, next_table])
            while len(table) >= ROW_GROUP:
                writer.write_table(table.slice(0, ROW_GROUP).combine_chunks())
                table = table.slice(ROW_GROUP)
        if len(table):
            writer.write_table(table.combine_chunks())
    os.replace(beside, path)


def copy(source: Path, place: Path) -> None:
    """A partition whole in another folder, as `write` would write it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(place.name + ".part")
    shutil.copyfile(source, beside)
    os.replace(beside, place)
