"""Two ways to find repeated keys in the memory of a few partitions: this repository's runs, and DuckDB.

Usage: python -m template.benchmarks.distinct [--rows 3000000 30000000]

Makes partitions of 100,000 text keys, one of which is there twice, and has each way find it in a process of
its own: seconds and peak memory of each, less those of a process that only imports what it needs. The runs'
seconds include reading the keys and hashing them. Needs 20 bytes of disk a row, twice that while it runs.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

PARTITION = 100_000  # rows
MAKE = """
import sys
from pathlib import Path
import numpy as np, pandas as pd
folder, rows, size = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
order = np.random.default_rng(0)
for number in range(rows // size):
    value = order.permutation(np.arange(number * size, (number + 1) * size))
    if number == rows // size - 1:
        value[-1] = 17
    key = pd.Series(value).astype("str").str.zfill(9)
    frame = pd.DataFrame({"key": "UA-" + key.str[:4] + "-" + key.str[4:]})
    frame.to_parquet(folder / f"part-{number:05d}.parquet", index=False, compression="zstd")
"""
RUNS = """
import sys, tempfile
from pathlib import Path
import numpy as np, pandas as pd, pyarrow.parquet
from lockstep.data.distinct import hashed, repeated
files = sorted(Path(sys.argv[1]).glob("*.parquet"))
def read(number, rows):
    return pd.read_parquet(files[number], columns=["key"]).take(rows)
if len(files) and sys.argv[2] != "nothing":
    with tempfile.TemporaryDirectory() as folder:
        hashes = [Path(folder, f"{path.stem}.npy") for path in files]
        for path, one in zip(files, hashes):
            np.save(one, hashed(pd.read_parquet(path, columns=["key"])))
        print(sum(map(len, repeated(hashes, read).values())))
"""
DUCKDB = """
import sys, tempfile
import duckdb
if sys.argv[2] != "nothing":
    with tempfile.TemporaryDirectory() as folder:
        base = duckdb.connect()
        base.execute(f"set temp_directory='{folder}'")
        base.execute("set threads=2")
        base.execute("set enable_progress_bar=false")
        base.execute("set preserve_insertion_order=false")
        if sys.argv[2] != "all":
            base.execute(f"set memory_limit='{sys.argv[2]}'")
        few = f"select key from read_parquet('{sys.argv[1]}/*.parquet') group by key having count(*) > 1"
        print(len(base.execute(few).fetchall()))
"""
PEAK = """
import os, resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run([sys.executable, "-c", *sys.argv[1:]], check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def cost(code: str, folder: Path, how: str) -> tuple[str, float, float, float]:
    """What a child printed, its seconds of wall and of processor, and its peak memory in MiB."""
    command = [sys.executable, "-c", PEAK, code, str(folder), how]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    wall, processor, peak = map(float, lines[-1].split())
    return " ".join(lines[:-1]), wall, processor, peak


def main() -> None:
    """Make the keys, measure, print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[3_000_000, 30_000_000])
    ways = [
        ("runs on disk", RUNS, "all"),
        ("DuckDB, 256 MB", DUCKDB, "256MB"),
        ("DuckDB, 1 GB", DUCKDB, "1GB"),
        ("DuckDB, no limit", DUCKDB, "all"),
    ]
    print(
        "| keys | way | found | s | s of processor | MiB above imports |\n|---|---|---|---|---|---|"
    )
    for rows in parser.parse_args().rows:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make = [sys.executable, "-c", MAKE, name, str(rows), str(PARTITION)]
            subprocess.run(make, check=True)
            for way, code, how in ways:
                _, *idle = cost(code, folder, "nothing")
                try:
                    found, *used = cost(code, folder, how)
                except subprocess.CalledProcessError as error:
                    why = (error.stderr or "").strip().splitlines()[-2:-1]
                    print(f"| {rows:,} | {way} | failed: {' '.join(why)[:60]} | | | |", flush=True)
                    continue
                wall, processor, peak = (a - b for a, b in zip(used, idle, strict=True))
                shown = f"{wall:.1f} | {processor:.1f} | {peak:.0f}"
                print(f"| {rows:,} | {way} | {found} | {shown} |", flush=True)


if __name__ == "__main__":
    main()
