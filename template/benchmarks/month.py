"""What adding a month costs: the data phase after a month is added against the whole of it, in one run.

Usage: python -m template.benchmarks.month [--times 30]

Works in a clean clone of the last commit, on the flights with each row so many times: the copies have
flight numbers of their own. January to November pass `dvc repro featurize`, then December is added and it
runs again; then everything is made anew, by `--force` and without what was kept. Exits 1 if one byte differs.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from lockstep.core.files import sha256
from template.benchmarks.pipeline import anew, timed

LAST = "2013-12"
MADE = ("ingested", "validated", "quarantine", "preprocessed", "features")


def multiply(raw: Path, times: int) -> int:
    """Each flight so many times, each copy under another flight number; how many rows there are."""
    import pandas as pd

    rows = 0
    for path in sorted(raw.glob("flights-*.parquet")):
        month = pd.read_parquet(path)
        copies = [month.assign(flight=month["flight"] + 10_000 * copy) for copy in range(times)]
        pd.concat(copies, ignore_index=True).to_parquet(path, index=False, compression="zstd")
        rows += times * len(month)
    return rows


def contents(clone: Path) -> dict[str, str]:
    """Hashes of what the data phase made, and of its metrics."""
    files = [path for name in MADE for path in sorted((clone / "data" / name).glob("*"))]
    return {
        str(file.relative_to(clone)): sha256(file) for file in [*files, clone / "metrics/data.json"]
    }


def main() -> None:
    """Clone, multiply, hold December back, add it, make all anew, compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=30, help="rows for each row")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder:
        clone, held = Path(folder) / "clone", Path(folder) / "held"
        subprocess.run(["git", "clone", "-q", str(Path.cwd()), str(clone)], check=True)
        os.environ["DVC_SITE_CACHE_DIR"] = str(Path(folder) / "site")
        conf = clone / "conf/dataset/flights.yaml"
        text = re.sub(r"\n  not_before:.*", "", conf.read_text(encoding="utf-8"))
        counted = r"(_(?:departures_3h|waiting): .*max: )(\d+)"  # of so many times the flights
        text = re.sub(counted, lambda found: f"{found[1]}{int(found[2]) * times}", text)
        conf.write_text(text, encoding="utf-8")
        raw = clone / "data/raw/flights"
        rows = multiply(raw, times)
        held.mkdir()
        for path in raw.glob(f"*-{LAST}.parquet"):
            path.rename(held / path.name)
        command = ("dvc", "repro", "featurize")
        timed(clone, *command)
        for path in held.iterdir():
            path.rename(raw / path.name)
        month = timed(clone, *command)
        before = contents(clone)
        whole = anew(clone, *command, "--force")
        print(f"| rows | whole, s | a month added, s | ratio |\n|---|---|---|---|\n"
              f"| {rows:,} | {whole:.1f} | {month:.1f} | {month / whole:.3f} |")  # fmt: skip
        if contents(clone) != before:
            sys.exit("the two made other bytes")


if __name__ == "__main__":
    main()
