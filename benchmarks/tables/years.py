"""Flights of many years: those of 2013 again and again, each year's rows with its own keys and periods."""

import re
import subprocess
from pathlib import Path

ROWS = 327_346  # flights of a year that arrived
FIRST = 2013


def clone(folder: Path) -> None:
    """A clean clone of the last commit."""
    subprocess.run(["git", "clone", "-q", str(Path.cwd()), str(folder)], check=True)


def years(folder: Path, count: int) -> None:
    """Replace the clone's raw flights and weather by so many years of them, and allow these in its conf/."""
    import pandas as pd

    raw = folder / "data/raw/flights"
    for path in sorted(raw.glob(f"*-{FIRST}-*.parquet")):
        month = pd.read_parquet(path)
        for year in range(FIRST, FIRST + count):
            name = path.name.replace(str(FIRST), str(year))
            month.assign(year=year).to_parquet(raw / name, index=False, compression="zstd")
    conf = folder / "conf/dataset/flights.yaml"
    text = conf.read_text(encoding="utf-8").replace("'^2013-", r"'^2\d{3}-")
    text = re.sub(r"\n  not_before:.*", "", text)
    text = re.sub(r"(plane_year: .*max: )\d+", r"\g<1>2014", text)
    conf.write_text(text, encoding="utf-8")
