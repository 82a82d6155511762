"""What the five folders cost alone: each partition read and written as the stages do, nothing computed.

Usage: python -m template.benchmarks.tables.folders CLONE TARGET

Two processes, started once; no configuration, no hashes, no checks: a floor of the data phase as it is cut
in stages whose data is kept.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pandas as pd

from lockstep.core.partitions import copy_partition, read_partition, write_partition
from recipes.flights import FLIGHT, parts


def ingested(month: str, files: list[Path], data: Path, target: Path) -> None:
    """Read a month's raw files and write its partition as it was."""
    for file in files:
        pd.read_parquet(file, columns=FLIGHT if file.name.startswith("flights-") else None)
    write_partition(
        read_partition(data / f"ingested/{month}.parquet"), target / f"ingested/{month}.parquet"
    )


def later(month: str, data: Path, target: Path) -> None:
    """Read it for the checks, which let most go on as they are; clean, featurize, split."""
    name = f"{month}.parquet"
    read_partition(data / "ingested" / name)
    copy_partition(data / "ingested" / name, target / "validated" / name)
    write_partition(read_partition(data / "validated" / name), target / "preprocessed" / name)
    read_partition(data / "preprocessed" / name)
    write_partition(read_partition(data / "features" / name), target / "features" / name)
    copy_partition(data / "features" / name, target / "splits" / name)


def main(clone: str, target: str) -> None:
    """Every month of a clone whose stages have run."""
    data = Path(clone, "data")
    months = parts(data / "raw/flights")
    count = len(months)
    with ProcessPoolExecutor(2) as pool:
        given = (months, months.values(), [data] * count, [Path(target)] * count)
        list(pool.map(ingested, *given))
        list(pool.map(later, months, [data] * count, [Path(target)] * count))


if __name__ == "__main__":
    main(*sys.argv[1:])
