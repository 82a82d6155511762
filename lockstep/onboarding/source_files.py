"""The files of a source and how they are written, and their rows in chunks as the recipe will read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError
from lockstep.onboarding.column_scan import see
from lockstep.onboarding.column_stats import Seen
from lockstep.onboarding.dialect import Dialect, options, sniff

if TYPE_CHECKING:
    import pandas as pd

CELLS = 2_000_000  # of a chunk
ROWS = (1_000, 100_000)  # of a chunk, at least and at most


@dataclass(frozen=True)
class Files:
    """What a raw folder holds: files of one kind with one suffix, in name order."""

    kind: str
    suffix: str
    paths: list[Path]
    dialect: Dialect | None
    rows: int  # of a chunk

    @property
    def notes(self) -> list[str]:
        """What was not sure about how the files are written."""
        return self.dialect.notes if self.dialect else []


def described(raw: Path, kind: str, suffix: str, target: str, encoding: str | None,
              delimiter: str | None) -> Files:  # fmt: skip
    """The files of a raw folder and how they are written, told by the first."""
    paths = sorted(raw.glob(f"*{suffix}"))
    dialect = sniff(paths[0], target, encoding, delimiter) if kind == "csv" else None
    columns = 50
    if kind == "csv" and dialect:
        import pandas as pd

        told = {**options(dialect), "na_values": [""]}
        try:
            columns = len(pd.read_csv(paths[0], nrows=10, **told).columns)
        except (ValueError, UnicodeError) as error:
            raise DataError(f"{paths[0]} cannot be read as a table: {error}") from error
    elif kind == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            columns = len(pq.read_schema(paths[0]).names)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{paths[0]} is not a whole Parquet file: {error}") from error
    least, most = ROWS
    rows = min(max(CELLS // max(columns, 1), least), most)
    return Files(kind, suffix, paths, dialect, rows)


def chunks(files: Files, path: Path) -> Iterator["pd.DataFrame"]:
    """The rows of one file as the recipe reads them, before it mends anything."""
    import pandas as pd

    if files.kind == "csv":
        assert files.dialect is not None
        told: dict[str, Any] = {**options(files.dialect), "na_values": [""]}
        with pd.read_csv(path, chunksize=files.rows, **told) as reader:
            yield from reader
    elif files.kind == "jsonl":
        with pd.read_json(path, lines=True, chunksize=files.rows, dtype=False) as reader:
            yield from reader
    elif files.kind == "excel":
        yield pd.read_excel(path)
    else:
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(files.rows):
                yield batch.to_pandas()


def profile(files: Files) -> list[Seen]:
    """What every row of every file holds, by column in order. Raises DataError that names the file."""
    import pyarrow as pa

    seen: dict[str, Seen] = {}
    rows = 0
    for path in files.paths:
        try:
            for frame in chunks(files, path):
                for name in frame.columns:
                    if str(name) not in seen:
                        seen[str(name)] = Seen(str(name), rows=rows, missing=rows)
                    see(seen[str(name)], frame[name].reset_index(drop=True))
                rows += len(frame)
                for one in seen.values():  # what this chunk lacks
                    one.missing += rows - one.rows
                    one.rows = rows
        except ImportError as error:
            raise DataError(
                f"{path}: {error}; install the extra `excel` of pyproject.toml"
            ) from error
        except (ValueError, OSError, EOFError, pa.ArrowException) as error:
            raise DataError(f"{path} cannot be read as a table: {error}") from error
    if not rows:
        raise DataError(f"{files.paths[0]} holds no row below its header")
    return list(seen.values())
