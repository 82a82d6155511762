"""The files of a raw folder: rows and hash of each, and the files that cannot be read, by name."""

from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError
from lockstep.core.files import is_left_by_tools, sha256

FETCHED = "fetched.json"  # the record of lockstep.sources.fetch, which is about the files and none of them


def rows(path: Path) -> int | None:
    """Return the rows of a Parquet or CSV file, without the CSV's header; None for another format."""
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return int(pq.read_metadata(path).num_rows)
        except (pa.ArrowInvalid, OSError) as error:
            raise DataError(
                f"{path} is not a whole Parquet file ({error}); bring it back with "
                f"`git checkout {path}` or `dvc pull`"
            ) from error
    if path.suffix == ".csv":
        import csv

        with path.open(encoding="utf-8", errors="replace", newline="") as stream:
            return max(sum(1 for _ in csv.reader(stream)) - 1, 0)
    return None


def damaged(folder: Path) -> str | None:
    """Return the first Parquet file of a raw folder that cannot be read whole, and why; None if all can."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in sorted(folder.rglob("*.parquet")):
        try:
            for _ in pq.ParquetFile(path).iter_batches():
                pass
        except (pa.ArrowException, OSError) as error:
            return (
                f"{path.as_posix()} is damaged ({error}); bring it back with `git checkout {path}`"
            )
    return None


def manifest(folder: Path) -> list[dict[str, Any]]:
    """Return path, rows, bytes and SHA-256 of every raw file, in name order.

    Raises DataError for a folder that is absent or has no file, and for a file empty or truncated.
    """
    again = f"bring it back with `git checkout {folder.as_posix()}` or `dvc pull`"
    if not folder.is_dir():
        raise DataError(f"{folder} is not there; {again}")
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.startswith(".")
        and not is_left_by_tools(path)
        and path.suffix != ".dvc"
        and path.name != FETCHED
    ]
    if not files:
        raise DataError(f"{folder} holds no file; {again}")
    for path in files:
        if path.stat().st_size == 0:
            raise DataError(f"{path} is empty; {again}")
    return [
        {
            "path": path.as_posix(),
            "rows": rows(path),
            "bytes": path.stat().st_size,
            "sha256": sha256(path),
        }
        for path in files
    ]
