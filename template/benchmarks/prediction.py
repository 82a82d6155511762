"""Measure batch prediction on the default data, in a clean clone of the last commit: rows a minute, memory.

Usage: python -m template.benchmarks.prediction [--repeats 3] [--times 10]

Trains, then predicts all ingested flights from Parquet and from CSV, as many times as many in one file (the
same flights under other keys), and the raw tables. Prints the table in template/docs/performance.md. Needs
about 2 GB of disk.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def inputs(clone: Path, folder: Path, times: int) -> dict[str, tuple[Path, int]]:
    """One file of each size and format, by what is measured, and its rows."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = sorted((clone / "data/ingested").glob("*.parquet"))
    once = pd.concat([pd.read_parquet(path) for path in parts], ignore_index=True)
    once = once.drop(columns="late")
    found = {}
    for copies in dict.fromkeys((1, times)):
        table = folder / f"{copies}.parquet"
        text = folder / f"{copies}.csv"
        schema = pa.Schema.from_pandas(once, preserve_index=False)
        with pq.ParquetWriter(table, schema) as writer, text.open("w", encoding="utf-8") as lines:
            for number in range(copies):
                rows = once.assign(flight_id=once["flight_id"] + f"-{number}")
                writer.write_table(pa.Table.from_pandas(rows, schema, preserve_index=False))
                rows.to_csv(lines, index=False, header=number == 0)
        for path in (table, text):
            found[f"{path.suffix[1:]}, {copies * len(once):,} rows"] = (path, copies * len(once))
    return found


def measured(clone: Path, source: Path, output: Path, raw: bool) -> tuple[float, float]:
    """Seconds and peak memory in MB of one prediction, start of the process included."""
    command = [sys.executable, "-m", "lockstep", "predict", str(source), str(output)]
    command += ["--bundle", "models/registered", "--force", *(["--raw"] if raw else [])]
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=clone, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(process.returncode)
    unit = 1024**2 if sys.platform == "darwin" else 1024
    return time.perf_counter() - start, usage.ru_maxrss / unit


def main() -> None:
    """Clone, train, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument(
        "--times", type=int, default=10, help="rows of the larger file, in whole data"
    )
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="benchmark-"))
    clone = folder / "clone"
    subprocess.run(["git", "clone", "-q", str(Path.cwd()), str(clone)], check=True)
    os.environ["DVC_SITE_CACHE_DIR"] = str(folder / "site")
    subprocess.run(["dvc", "repro", "-q"], cwd=clone, check=True, stdout=subprocess.DEVNULL)
    print("| input | s | rows a minute | peak memory, MB |\n|---|---|---|---|")
    found = inputs(clone, folder, given.times)
    once = next(iter(found.values()))[1]
    found[f"raw tables, {once:,} rows"] = (clone / "data/raw/flights", once)
    output = folder / "out.parquet"
    for name, (path, rows) in found.items():
        runs = [measured(clone, path, output, path.is_dir()) for _ in range(given.repeats)]
        seconds, memory = (statistics.median(one) for one in zip(*runs, strict=True))
        print(f"| {name} | {seconds:.1f} | {rows / seconds * 60:,.0f} | {memory:.0f} |", flush=True)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
