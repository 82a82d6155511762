"""Folders of Parquet partitions: typed, zstd, written atomically, the same bytes for the same rows."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.errors import DataError
from lockstep.core.files import atomic_path

if TYPE_CHECKING:
    import pandas as pd

ROW_GROUP = 2**20  # rows, as pyarrow cuts a table
# A partition is read whole, so the least and largest value of a column would serve nobody, and a dictionary
# of more than a thousand values saves no space: without both, writing takes five sixths of the time.
OPTIONS = {"compression": "zstd", "write_statistics": False, "dictionary_pagesize_limit": 2**13}


def partition_paths(folder: Path) -> list[Path]:
    """Return the partitions of a folder in name order. Raises DataError where there is none."""
    result = sorted(folder.glob("*.parquet"))
    if not result:
        raise DataError(f"{folder}: expected Parquet partitions and found none; run `dvc repro`")
    return result


def damaged(path: Path, error: Exception) -> DataError:
    """Return the error about a truncated or foreign file."""
    return DataError(
        f"{path}: not a whole Parquet file ({error}); "
        f"`dvc checkout --force {path.parent.as_posix()}` brings it back"
    )


def missing_partition(path: Path) -> DataError:
    """Return the error about a partition that was listed and has vanished since."""
    return DataError(
        f"{path} was there and is gone; `dvc checkout --force {path.parent.as_posix()}` brings it back"
    )


def read_partition(path: Path, columns: list[str] | None = None) -> "pd.DataFrame":
    """Return one partition as a frame. Raises DataError that names a truncated, foreign or vanished file.

    It starts no threads and does not search for more files, as pandas' reader does: small files read faster.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(path).read(columns, use_threads=False)
    except FileNotFoundError as error:
        raise missing_partition(path) from error
    except (pa.ArrowInvalid, OSError) as error:
        raise damaged(path, error) from error
    frame: pd.DataFrame = (table.select(columns) if columns else table).to_pandas()
    return frame


def count_rows(path: Path) -> int:
    """Return the number of rows of a partition. Raises DataError that names a truncated or foreign file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows)
    except (pa.ArrowInvalid, OSError) as error:
        raise damaged(path, error) from error


def read_all(folder: Path, columns: list[str] | None = None) -> "pd.DataFrame":
    """Return every partition of a folder in name order as one frame, rows renumbered."""
    import pandas as pd

    return pd.concat(
        [read_partition(path, columns) for path in partition_paths(folder)], ignore_index=True
    )


def write_partition(frame: "pd.DataFrame", path: Path) -> None:
    """Write one partition atomically."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # One thread: partitions are small, and starting threads for each takes longer than they save.
    table = pa.Table.from_pandas(frame, preserve_index=False, nthreads=1)
    with atomic_path(path) as beside:
        pq.write_table(table, beside, **OPTIONS)


def write_whole(frames: Iterable["pd.DataFrame"], path: Path) -> None:
    """Write frames of the same columns into one partition, as `write` would write them together.

    It keeps one row group, ROW_GROUP rows, in memory as one piece: the pieces decide where a dictionary ends.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    frames = iter(frames)
    table = pa.Table.from_pandas(next(frames), preserve_index=False)
    with (
        atomic_path(path) as beside,
        pq.ParquetWriter(beside, table.schema, **OPTIONS) as writer,
    ):
        for frame in frames:
            next_table = pa.Table.from_pandas(frame, preserve_index=False).cast(table.schema)
            table = pa.concat_tables([table, next_table])
            while len(table) >= ROW_GROUP:
                writer.write_table(table.slice(0, ROW_GROUP).combine_chunks())
                table = table.slice(ROW_GROUP)
        if len(table):
            writer.write_table(table.combine_chunks())


def copy_partition(source: Path, target: Path) -> None:
    """Copy a partition to another folder, atomically."""
    with atomic_path(target) as beside:
        shutil.copyfile(source, beside)
