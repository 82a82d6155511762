"""Whether two ways made the same splits: rows, and by column what is missing, sums and distinct texts."""

import sys
from pathlib import Path
from typing import Any

from template.benchmarks.tables.columns import CATEGORICAL, NUMERIC, ROLES

EQUAL = 1e-9  # relative: running sums end in other bits in another order


def summary(files: list[Path], column: str) -> tuple[int, int, Any]:
    """Rows, missing values, and the sum of numbers or the number of each text's characters and its first."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    rows, missing, total = 0, 0, 0.0
    for file in files:
        for batch in pq.ParquetFile(file).iter_batches(columns=[column]):
            values = batch.column(0)
            rows, missing = rows + len(values), missing + values.null_count
            if column in NUMERIC or column == "late":
                total += pc.sum(values).as_py() or 0.0
            elif column == "sched_dep":
                seconds = values.cast("timestamp[us]").cast("int64").cast("float64")
                total += (pc.sum(seconds).as_py() or 0.0) / 1e6
            else:
                total += pc.sum(pc.utf8_length(values)).as_py() or 0.0
    return rows, missing, total


def must_be_equal(ours: Path, theirs: Path, way: str) -> None:
    """Ends the benchmark in one line where a column of a split differs."""
    for split in ("train", "valid", "test"):
        own, other = sorted((ours / split).glob("*.parquet")), [theirs / f"{split}.parquet"]
        for column in [*ROLES, *NUMERIC, *CATEGORICAL]:
            one, two = summary(own, column), summary(other, column)
            if one[:2] != two[:2] or abs(one[2] - two[2]) > EQUAL * max(abs(one[2]), 1.0):
                sys.exit(f"{way}: {split}, column {column}: {two}, expected {one}")
