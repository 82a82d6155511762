"""Folders of Parquet partitions: typed, zstd, written atomically, the same bytes for the same rows."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.stage.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


def paths(folder: Path) -> list[Path]:
    """The partitions of a folder in name order. Raises DataError where there is none."""
    found = sorted(folder.glob("*.parquet"))
    if not found:
        raise DataError(f"{folder}: expected Parquet partitions and found none; run `dvc repro`")
    return found


def gone(path: Path) -> DataError:
    """The one line about a partition that was listed and is there no more."""
    return DataError(
        f"{path} was there and is gone; `dvc checkout --force {path.parent.as_posix()}` brings it back"
    )


def read(path: Path, columns: list[str] | None = None) -> "pd.DataFrame":
    """One partition as a frame. Raises DataError that names a truncated, foreign or vanished file."""
    import pandas as pd
    import pyarrow as pa

    try:
        return pd.read_parquet(path, columns=columns)
    except FileNotFoundError as error:
        raise gone(path) from error
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(
            f"{path}: not a whole Parquet file ({error}); "
            f"`dvc checkout --force {path.parent.as_posix()}` brings it back"
        ) from error


def read_all(folder: Path, columns: list[str] | None = None) -> "pd.DataFrame":
    """Every partition of a folder in name order, rows renumbered."""
    import pandas as pd

    return pd.concat([read(path, columns) for path in paths(folder)], ignore_index=True)


def write(frame: "pd.DataFrame", path: Path) -> None:
    """Write one partition beside its place and rename it, so that half a file is never taken for whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    frame.to_parquet(beside, index=False, compression="zstd")
    os.replace(beside, path)
