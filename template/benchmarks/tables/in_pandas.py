"""The data phase of the flights in pandas, the whole table in memory: raw tables to the three splits.

Usage: python -m template.benchmarks.tables.in_pandas RAW TARGET TRAIN_UNTIL VALID_UNTIL

It calls the recipe's own functions: what it costs more or less than the stages is theirs alone.
"""

import sys
from pathlib import Path

import pandas as pd

from recipes import flights
from template.benchmarks.tables.columns import CATEGORICAL, NUMERIC, RANGES, ROLES, by_split


def table(raw: Path) -> pd.DataFrame:
    """Every flight that arrived and passes the checks, with features and roles."""
    months = [pd.read_parquet(path, columns=flights.FLIGHT) for path in raw.glob("flights-*")]
    rows = flights.with_state(
        flights.scheduled(flights.timed(pd.concat(months, ignore_index=True)))
    )
    del months
    rows = rows[rows["arr_delay"].notna()]
    rows = rows.assign(
        late=(rows["arr_delay"] > flights.TARGET_DELAY).astype("int64"),
        predicted=rows["sched_dep"] - pd.Timedelta(minutes=flights.LEAD),
    )
    weather = flights.weather_known(sorted(raw.glob("weather-*")))
    rows = pd.merge_asof(rows, weather, left_on="predicted", right_on="known", by="origin")
    planes = pd.read_parquet(raw / "planes.parquet").rename(columns={"year": "plane_year"})
    planes = planes[["tailnum", "plane_year", "seats", "manufacturer", "engine"]]
    rows = rows.merge(planes, on="tailnum", how="left")
    for name, (low, high) in RANGES.items():
        rows = rows[rows[name].isna() | rows[name].between(low, high)]
    rows = flights.featurize(flights.clean(rows))
    rows[NUMERIC] = rows[NUMERIC].astype(float)
    rows[CATEGORICAL] = rows[CATEGORICAL].fillna("missing")
    return rows[[*ROLES, *NUMERIC, *CATEGORICAL]]


def main(raw: str, target: str, train_until: str, valid_until: str) -> None:
    """Write target/train, valid and test, a file each."""
    made = table(Path(raw))
    Path(target).mkdir(parents=True, exist_ok=True)
    for name, rows in by_split(made["month"], train_until, valid_until).items():
        path = Path(target, f"{name}.parquet")
        made[rows].to_parquet(path, index=False, compression="zstd")


if __name__ == "__main__":
    main(*sys.argv[1:])
