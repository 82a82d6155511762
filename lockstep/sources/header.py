"""The columns of a raw file, from as little of it as tells them."""

import csv
import gzip
from pathlib import Path


def header(path: Path) -> list[str] | None:
    """Column names of a Parquet file or a CSV with a header, gzip'd or not; None of any other."""
    if path.suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            return list(pq.read_schema(path).names)
        except (pa.ArrowException, OSError):
            return None
    if path.name.endswith((".csv", ".csv.gz")):
        opening = gzip.open if path.suffix == ".gz" else open
        try:
            with opening(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as stream:
                first = next(csv.reader(stream), None)
        except (OSError, EOFError, csv.Error):
            return None
        return None if first is None or any(map(number, first)) else first
    return None


def number(text: str) -> bool:
    """Whether a text is a number: then it heads no column, and the file has no header."""
    try:
        float(text)
    except ValueError:
        return False
    return True
