"""The columns of a raw file, from as little of it as shows them."""

import csv
import gzip
from pathlib import Path


def read_header(path: Path) -> list[str] | None:
    """Return the column names of a Parquet file or a CSV with a header, gzipped or not; None of any other."""
    if path.suffix == ".parquet":
        return read_parquet_header(path)
    if path.name.endswith((".csv", ".csv.gz")):
        return read_csv_header(path)
    return None


def read_parquet_header(path: Path) -> list[str] | None:
    """Return the column names of a Parquet file; None where it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError):
        return None


def read_csv_header(path: Path) -> list[str] | None:
    """Return the first row of a CSV; None where it is no header, since it has a number, or not readable."""
    open_text = gzip.open if path.suffix == ".gz" else open
    try:
        with open_text(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as stream:
            first = next(csv.reader(stream), None)
    except (OSError, EOFError, csv.Error):
        return None
    return None if first is None or any(map(is_number, first)) else first


def is_number(text: str) -> bool:
    """Return whether a text is a number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
