"""What starting the stages costs: seconds of imports in each, on the project as it was last built.

Usage: python -m benchmarks.startup [--repeats 3]

Runs every stage in a clean clone of the last commit, under Python's own `-X importtime`, with no partition
kept; the imports' sum is what a stage pays before and beside its work. The floor is the interpreter, the
configuration and the libraries of its budget (tests/test_imports.py), in a process that does nothing else.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.test_imports import BUDGET

LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| ")
CONFIG = "import pipeline.stage, pipeline.config"


def imports(folder: Path, stage: str) -> float:
    """Seconds of all imports of one run of a stage."""
    command = [sys.executable, "-X", "importtime", "-m", f"stages.{stage}"]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    return sum(int(micro) for micro in LINE.findall(done.stderr)) / 1e6


def floor(folder: Path, stage: str) -> float:
    """Seconds of a process that imports what the stage may and does nothing."""
    needed = "; ".join([CONFIG, *(f"import {name}" for name in sorted(BUDGET[stage]))])
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", needed], cwd=folder, check=True)
    return time.perf_counter() - start


def main() -> None:
    """Build a clone, measure each stage in turn, print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=3)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "clone")
        subprocess.run(["git", "clone", "-q", str(Path.cwd()), str(folder)], check=True)
        os.environ |= {"DVC_SITE_CACHE_DIR": str(Path(place, "site")), "PYTHONPATH": "."}
        subprocess.run(["dvc", "repro", "-q"], cwd=folder, check=True)
        rows = []
        for stage in BUDGET:
            shutil.rmtree(folder / ".cache/partitions", ignore_errors=True)
            own = statistics.median(imports(folder, stage) for _ in range(repeats))
            rows.append(
                (stage, own, statistics.median(floor(folder, stage) for _ in range(repeats)))
            )
    print("| stage | its imports, s | floor, s |\n|---|---|---|")
    for name, own, least in rows:
        print(f"| {name} | {own:.2f} | {least:.2f} |")
    print(f"| all | {sum(own for _, own, _ in rows):.2f} | {sum(row[2] for row in rows):.2f} |")


if __name__ == "__main__":
    main()
