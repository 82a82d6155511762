"""The files of a source, how they are written, and their rows in chunks as the recipe will read them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.errors import DataError
from lockstep.onboarding.column_scan import update_stats
from lockstep.onboarding.column_stats import ColumnStats
from lockstep.onboarding.dialect import Dialect, detect_dialect, read_csv_options

if TYPE_CHECKING:
    import pandas as pd

CHUNK_CELLS = 2_000_000
MIN_CHUNK_ROWS, MAX_CHUNK_ROWS = 1_000, 100_000
DEFAULT_COLUMNS = 50  # of a format whose columns are not counted first


@dataclass(frozen=True)
class SourceFiles:
    """The files of a raw folder: of one kind, with one suffix, in name order."""

    kind: str
    suffix: str
    paths: list[Path]
    dialect: Dialect | None
    chunk_rows: int

    @property
    def assumptions(self) -> list[str]:
        """What was not sure about how the files are written."""
        return self.dialect.assumptions if self.dialect else []


def describe_files(
    raw: Path,
    kind: str,
    suffix: str,
    target: str,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> SourceFiles:
    """Describe the files of a raw folder; the first one shows how they are written.

    Parameters
    ----------
    raw : Path
        The folder.
    kind, suffix : str
        csv, parquet, jsonl or excel, and what the files' names end with.
    target : str
        Name of the target: a first row that has it is a header.
    encoding, delimiter : str, optional
        What the person said of a text, instead of detecting it.

    Raises
    ------
    DataError
        If the first file cannot be read as a table.
    """
    paths = sorted(raw.glob(f"*{suffix}"))
    dialect = detect_dialect(paths[0], target, encoding, delimiter) if kind == "csv" else None
    n_columns = count_columns(paths[0], kind, dialect)
    chunk_rows = min(max(CHUNK_CELLS // max(n_columns, 1), MIN_CHUNK_ROWS), MAX_CHUNK_ROWS)
    return SourceFiles(kind, suffix, paths, dialect, chunk_rows)


def count_columns(path: Path, kind: str, dialect: Dialect | None) -> int:
    """Return the number of columns of a file. Raises DataError that names it if it cannot be read."""
    if dialect:
        import pandas as pd

        options = {**read_csv_options(dialect), "na_values": [""]}
        try:
            return len(pd.read_csv(path, nrows=10, **options).columns)
        except (ValueError, UnicodeError) as error:
            raise DataError(f"{path} cannot be read as a table: {error}") from error
    if kind == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return len(pq.read_schema(path).names)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{path} is not a whole Parquet file: {error}") from error
    return DEFAULT_COLUMNS


def read_chunks(files: SourceFiles, path: Path) -> Iterator["pd.DataFrame"]:
    """Yield the rows of one file as the recipe reads them, before it changes anything."""
    import pandas as pd

    if files.kind == "csv":
        assert files.dialect is not None
        options = {**read_csv_options(files.dialect), "na_values": [""]}
        with pd.read_csv(path, chunksize=files.chunk_rows, **options) as reader:
            yield from reader
    elif files.kind == "jsonl":
        with pd.read_json(path, lines=True, chunksize=files.chunk_rows, dtype=False) as reader:
            yield from reader
    elif files.kind == "excel":
        yield pd.read_excel(path)
    else:
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(files.chunk_rows):
                yield batch.to_pandas()


def profile_columns(files: SourceFiles) -> list[ColumnStats]:
    """Return statistics of each column over every row of every file, in the source's order.

    Raises DataError that names the file that cannot be read, or has no row.
    """
    import pyarrow as pa

    stats_by_column: dict[str, ColumnStats] = {}
    n_rows = 0
    for path in files.paths:
        try:
            for frame in read_chunks(files, path):
                add_chunk(stats_by_column, frame, n_rows)
                n_rows += len(frame)
        except ImportError as error:
            raise DataError(
                f"{path}: {error}; install the extra `excel` of pyproject.toml"
            ) from error
        except (ValueError, OSError, EOFError, pa.ArrowException) as error:
            raise DataError(f"{path} cannot be read as a table: {error}") from error
    if not n_rows:
        raise DataError(f"{files.paths[0]} holds no row below its header")
    return list(stats_by_column.values())


def add_chunk(
    stats_by_column: dict[str, ColumnStats], frame: "pd.DataFrame", n_earlier: int
) -> None:
    """Add a chunk to the statistics; a column that a chunk lacks is missing in its rows."""
    for name in frame.columns:
        stats = stats_by_column.setdefault(
            str(name), ColumnStats(str(name), n_rows=n_earlier, n_missing=n_earlier)
        )
        update_stats(stats, frame[name].reset_index(drop=True))
    for stats in stats_by_column.values():
        n_absent = n_earlier + len(frame) - stats.n_rows
        stats.n_missing += n_absent
        stats.n_rows += n_absent
