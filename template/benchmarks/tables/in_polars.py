"""The data phase of the flights in Polars, lazy and streaming: raw tables to the three splits.

Usage: python -m template.benchmarks.tables.in_polars RAW TARGET TRAIN_UNTIL VALID_UNTIL
"""

import sys
from pathlib import Path

import polars as pl

from template.benchmarks.tables.columns import (
    CATEGORICAL,
    NUMERIC,
    RANGES,
    ROLES,
    WEATHER,
    by_split,
)

SPAN = 2.0**27  # minutes: groups on one axis never touch
LEAD, WINDOW, AIRCRAFT_WINDOW, DELAY = 120, 180, 1440, 15  # minutes


def timed(raw: Path) -> pl.LazyFrame:
    """The flights with due and left in minutes since 1970; left of a cancelled flight is missing."""
    time = pl.col("sched_dep_time")
    due = pl.datetime("year", "month", "day", time // 100 % 24, time % 100)
    due = due + pl.duration(days=time // 2400)
    minutes = pl.col("sched_dep").dt.epoch("s") / 60
    delay = pl.col("dep_delay").clip(lower_bound=-LEAD)
    return (
        pl.scan_parquet(raw / "flights-*.parquet")
        .with_columns(sched_dep=due)
        .with_columns(due=minutes, left=minutes + delay)
    )


def last(events: pl.DataFrame, rows: pl.DataFrame, at: pl.Expr) -> pl.DataFrame:
    """By row the last event at or before `at`, in order of the rows; events are sorted by axis.

    One axis for all groups: an asof join by group took eight times as long and seven times the memory.
    """
    found = rows.select(at=at)["at"]
    place = events["axis"].search_sorted(found, side="right").cast(pl.Int64) - 1
    values = events.drop("axis")
    return values.select(pl.all().gather(pl.Series(place.clip(lower_bound=0)))).select(
        pl.when(pl.Series(place >= 0)).then(pl.all())
    )


def departures_state(rows: pl.DataFrame, group: pl.Expr, prefix: str) -> pl.DataFrame:
    """Mean delay, departures and queue of a group in the window before `at`, in order of the rows."""
    rows = rows.with_columns(base=group.cast(float) * SPAN)
    base, due, left, at = (pl.col(name) for name in ("base", "due", "left", "at"))
    gone = rows.filter(left.is_not_null()).select(axis=base + left, delay=left - due).sort("axis")
    gone = gone.select("axis", total=pl.col("delay").cum_sum(), n=pl.int_range(1, pl.len() + 1))
    now, then = (last(gone, rows, base + at - past).fill_null(0) for past in (0, WINDOW))
    begins = rows.select(axis=base + due).sort("axis")["axis"]
    end = pl.min_horizontal(pl.max_horizontal(left, due), due + WINDOW)
    end = pl.when(left.is_null()).then(due + WINDOW).otherwise(end)
    ends = rows.select(axis=base + end).sort("axis")["axis"]
    when = rows.select(base + at).to_series()
    n = now["n"] - then["n"]
    waiting = begins.search_sorted(when, side="right").cast(float) - ends.search_sorted(
        when, side="right"
    )
    return pl.DataFrame(
        {
            f"{prefix}_delay_3h": (now["total"] - then["total"]) / n,
            f"{prefix}_departures_3h": n.cast(float),
            f"{prefix}_waiting": waiting,
        }
    ).with_columns(pl.col(f"{prefix}_delay_3h").fill_nan(None))


def with_state(flights: pl.DataFrame) -> pl.DataFrame:
    """The flights with the state of city, airport and aircraft at the time of prediction."""
    rows = flights.select("origin", "carrier", "tailnum", "due", "left", at=pl.col("due") - LEAD)
    groups = {
        "city": pl.lit(0),
        "origin": pl.col("origin").rank("dense"),
        "carrier": pl.struct("origin", "carrier").rank("dense"),
    }
    state = [departures_state(rows, group, prefix) for prefix, group in groups.items()]
    rows = rows.with_columns(base=pl.col("tailnum").rank("dense").cast(float) * SPAN)
    left, at = pl.col("left"), pl.col("at")
    known = left.is_not_null() & pl.col("tailnum").is_not_null()
    axis = pl.col("base") + left
    gone = rows.filter(known).select(axis=axis, delay=left - pl.col("due"), when=axis)
    found = last(gone.sort("axis"), rows, (pl.col("base") + at).fill_null(-1.0))
    since = rows["base"] + rows["at"] - found["when"]
    near = since < AIRCRAFT_WINDOW
    aircraft = pl.select(
        aircraft_delay=pl.when(near).then(found["delay"]), aircraft_since=pl.when(near).then(since)
    )
    return pl.concat([flights, *state, aircraft], how="horizontal")


def table(raw: Path) -> pl.LazyFrame:
    """Every flight that arrived with its features, roles and split's month."""
    order = ["sched_dep", "carrier", "flight", "origin"]
    flights = with_state(timed(raw).sort(order).collect(engine="streaming")).lazy()
    hour = pl.datetime("year", "month", "day", "hour").dt.epoch("s") / 60
    weather = pl.scan_parquet(raw / "weather-*.parquet").with_columns(known=hour + 60)
    weather = weather.select("origin", "known", *WEATHER).sort("known")
    planes = pl.scan_parquet(raw / "planes.parquet").select(
        "tailnum", "seats", "manufacturer", "engine", plane_year="year"
    )
    flights = flights.with_columns(at=pl.col("due") - LEAD)
    flights = flights.join_asof(weather, left_on="at", right_on="known", by="origin")
    flights = flights.join(planes, on="tailnum", how="left", maintain_order="left")
    flights = flights.filter(pl.col("arr_delay").is_not_null())
    for name, (low, high) in RANGES.items():
        flights = flights.filter(pl.col(name).is_null() | pl.col(name).is_between(low, high))
    year, due = pl.col("plane_year"), pl.col("sched_dep")
    year = pl.when(year > 1940).then(year)
    return flights.with_columns(
        late=(pl.col("arr_delay") > DELAY).cast(pl.Int64),
        flight_id=due.dt.strftime("%Y%m%dT%H%M") + pl.col("carrier")
        + pl.col("flight").cast(pl.String) + pl.col("origin"),
        month=due.dt.strftime("%Y-%m"),
        hour=due.dt.hour().cast(float),
        minute_of_day=(due.dt.hour().cast(float) * 60 + due.dt.minute()),
        weekday=due.dt.weekday().cast(float) - 1,
        plane_age=due.dt.year() - year,
        manufacturer=pl.col("manufacturer").str.to_uppercase().str.replace(" .*", ""),
        route=pl.col("origin") + "-" + pl.col("dest"),
    ).select(
        *ROLES,
        *(pl.col(name).cast(float) for name in NUMERIC),
        *(pl.col(name).fill_null("missing") for name in CATEGORICAL),
    )  # fmt: skip


def main(raw: str, target: str, train_until: str, valid_until: str) -> None:
    """Write target/train, valid and test, a file each."""
    made = table(Path(raw)).collect(engine="streaming")
    Path(target).mkdir(parents=True, exist_ok=True)
    for name, rows in by_split(pl.col("month"), train_until, valid_until).items():
        made.filter(rows).write_parquet(Path(target, f"{name}.parquet"), compression="zstd")


if __name__ == "__main__":
    main(*sys.argv[1:])
