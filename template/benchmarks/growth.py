"""What more rows cost: each stage's seconds, peak memory and bytes on disk, at several sizes in one run.

Usage: python -m template.benchmarks.growth [--rows 300000 3000000 30000000] [--model] [--write growth.json]

Works in a clean clone of the last commit for each size, on the flights again under other years: new keys,
new months, partitions of the same size. Stages run without DVC, whose cache would take the disk once more.
Prints tables with the exponent b of the least-squares line log(cost) = a + b log(rows): 0 is flat, 1 is in
proportion.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from template.benchmarks import measure

DATA = {
    "ingest": ["data/ingested"],
    "validate_data": ["data/validated", "data/quarantine"],
    "preprocess": ["data/preprocessed"],
    "featurize": ["data/features"],
    "split": ["data/splits"],
}
MODEL = {"train": ["models/candidate"], "evaluate": ["data/predictions"]}
YEAR = 327_346  # rows that a year gives
BYTES = 300  # of disk a row: raw, five folders, hashes while a stage runs
COSTS = ("seconds", "processor", "memory_mb", "bytes")
UNITS = {"seconds": "s", "processor": "s of processor", "memory_mb": "MB", "bytes": "MB on disk"}
Record = dict[str, Any]


def years(rows: int) -> list[int]:
    """The years whose flights are about so many rows."""
    return list(range(2013, 2013 + max(round(rows / YEAR), 1)))


def enough(rows: int, folder: Path) -> None:
    """Exit with one line where the disk would not hold it."""
    needed, free = rows * BYTES, shutil.disk_usage(folder).free
    print(
        f"{rows:,} rows: {needed / 1e9:.1f} GB of disk needed, {free / 1e9:.1f} GB free", flush=True
    )
    if needed > free:
        sys.exit(f"{folder} has too little room; set TMPDIR to a larger disk, or give fewer --rows")


def multiply(raw: Path, wanted: list[int]) -> None:
    """Each month of flights and weather again under each of the years."""
    import pandas as pd

    for path in sorted(raw.glob("*-2013-*.parquet")):
        month = pd.read_parquet(path)
        for year in wanted[1:]:
            name = path.name.replace("2013", str(year))
            month.assign(year=year).to_parquet(raw / name, index=False, compression="zstd")


def configure(clone: Path, wanted: list[int]) -> None:
    """Months of every year are valid; two thirds of them are train, then a twelfth is valid."""
    months = [f"{year}-{month:02}" for year in wanted for month in range(1, 13)]
    train, valid = months[len(months) * 2 // 3 - 1], months[len(months) * 3 // 4 - 1]
    edits = {
        "conf/dataset/flights.yaml": {"'^2013-": r"'^\d{4}-"},
        "conf/split/temporal.yaml": {"2013-08 ": f"{train} ", "2013-09 ": f"{valid} "},
    }
    for name, pairs in edits.items():
        text = (clone / name).read_text(encoding="utf-8")
        for old, new in pairs.items():
            text = text.replace(old, new)
        (clone / name).write_text(text, encoding="utf-8")


def cost(clone: Path, stage: str) -> Record:
    """Seconds, processor's seconds and peak memory of a stage in a process of its own."""
    try:
        one = measure.measured([sys.executable, "-m", f"stages.{stage}"], clone)
    except subprocess.CalledProcessError:
        sys.exit(f"stage {stage} failed")
    return {"seconds": one.wall, "processor": one.cpu, "memory_mb": one.peak * measure.GB / 2**20}


def size(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def measured(rows: int, stages: dict[str, list[str]]) -> list[Record]:
    """What each stage costs at one size."""
    wanted, found = years(rows), list[Record]()
    with tempfile.TemporaryDirectory() as name:
        enough(len(wanted) * YEAR, Path(name))
        clone = Path(name) / "clone"
        subprocess.run(["git", "clone", "-q", str(Path.cwd()), str(clone)], check=True)
        configure(clone, wanted)
        multiply(clone / "data/raw/flights", wanted)
        cost(clone, "compose")
        for stage, outs in stages.items():
            one = cost(clone, stage) | {"bytes": sum(size(clone / out) for out in outs)}
            found.append({"stage": stage, "rows": len(wanted) * YEAR} | one)
            told = f"{one['seconds']:.1f} s, {one['memory_mb']:.0f} MB, {one['bytes'] / 1e6:.0f} MB on disk"
            print(f"  {stage}: {told}", flush=True)
    return found


def exponent(points: list[tuple[float, float]]) -> float | None:
    """The slope of the least-squares line through the logarithms; None for fewer than two sizes."""
    import numpy as np

    if len({rows for rows, _ in points}) < 2:
        return None
    rows, values = np.log(np.array(points)).T
    return float(np.polyfit(rows, values, 1)[0])


def table(found: list[Record], what: str) -> list[str]:
    """Markdown lines of one cost: a stage a line, a size a column, then the exponent."""
    sizes = sorted({one["rows"] for one in found})
    head = [f"{UNITS[what]} at", *(f"{rows:,}" for rows in sizes), "exponent"]
    lines = [head, ["---"] * len(head)]
    for stage in dict.fromkeys(one["stage"] for one in found):
        points = sorted((one["rows"], one[what]) for one in found if one["stage"] == stage)
        slope = exponent(points)
        shown = [value / 1e6 if what == "bytes" else value for _, value in points]
        digits = 0 if what in ("memory_mb", "bytes") else 1
        cells = [f"{value:,.{digits}f}" for value in shown]
        lines.append([stage, *cells, "" if slope is None else f"{slope:z.2f}"])
    return [f"| {' | '.join(line)} |" for line in lines]


def main() -> None:
    """Measure each size, smallest first; print the tables and write them as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    few = [300_000, 3_000_000, 10_000_000, 30_000_000]
    parser.add_argument("--rows", type=int, nargs="+", default=few)
    parser.add_argument("--model", action="store_true", help="train and evaluate as well")
    parser.add_argument("--write", type=Path, help="a file for the figures as JSON")
    given = parser.parse_args()
    found: list[Record] = []
    for rows in sorted(given.rows):
        found += measured(rows, DATA | (MODEL if given.model else {}))
        if given.write:
            exponents = {
                stage: {
                    what: exponent([(o["rows"], o[what]) for o in found if o["stage"] == stage])
                    for what in COSTS
                }
                for stage in dict.fromkeys(one["stage"] for one in found)
            }
            text = json.dumps({"costs": found, "exponents": exponents}, indent=2)
            given.write.write_text(text + "\n", encoding="utf-8")
    for what in COSTS:
        print("\n" + "\n".join(table(found, what)))


if __name__ == "__main__":
    main()
