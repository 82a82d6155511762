"""What starting the stages costs: seconds of imports in each, on the project as it was last built.

Usage: python -m template.benchmarks.startup [--repeats 3]

Runs every stage in a clean clone of the last commit, under Python's own `-X importtime`, with no partition
kept; the imports' sum is what a stage pays before and beside its work. The floor is the configuration and the
libraries of its budget (template/tests/whole/test_imports.py), in a process that does nothing else.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from template.tests.whole.test_imports import BUDGET

LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \| ")


def spent(folder: Path, *command: str) -> float:
    """Seconds of all imports of a run of Python."""
    python = [sys.executable, "-X", "importtime", *command]
    done = subprocess.run(python, cwd=folder, check=True, capture_output=True, text=True)
    return sum(int(micro) for micro in LINE.findall(done.stderr)) / 1e6


def imports(folder: Path, stage: str) -> float:
    """Of one run of a stage, which has nothing kept that would spare it its work."""
    shutil.rmtree(folder / ".cache/partitions", ignore_errors=True)
    return spent(folder, "-m", f"stages.{stage}")


def floor(folder: Path, stage: str) -> float:
    """Of a process that imports what the stage may and does nothing."""
    config = ["lockstep.core.config"] if "omegaconf" in BUDGET[stage] else []
    needed = ["lockstep.core.stage", *config, *sorted(BUDGET[stage])]
    return spent(folder, "-c", f"import {', '.join(needed)}")


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
