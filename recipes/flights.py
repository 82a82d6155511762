"""Flights from New York: what is known two hours before the scheduled departure."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

TARGET_DELAY = 15  # minutes: later than this is late
LEAD = 120  # minutes between prediction and scheduled departure
WINDOW = 180  # minutes of the airport's past that a row sees
WEATHER = ["temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib"]


def departures_state(
    at: "np.ndarray", due: "np.ndarray", left: "np.ndarray", delay: "np.ndarray"
) -> tuple["np.ndarray", "np.ndarray", "np.ndarray"]:
    """Mean delay and number of the departures in the window before `at`, and flights due but not gone.

    All in minutes, shape (rows,). `left` is +inf for a cancelled flight, which waits for ever, so it
    counts as waiting for the length of the window only.
    """
    import numpy as np

    gone = np.isfinite(left)
    order = np.argsort(left[gone], kind="stable")
    times, delays = left[gone][order], delay[gone][order]
    total = np.concatenate([[0.0], np.cumsum(delays)])
    first, last = np.searchsorted(times, at - WINDOW, "right"), np.searchsorted(times, at, "right")
    count = (last - first).astype(float)
    mean = np.divide(
        total[last] - total[first], count, where=count > 0, out=np.full(len(at), np.nan)
    )
    until = np.where(gone, left, due + WINDOW)
    until = np.maximum(until, due)  # an early departure never waits
    waiting = np.searchsorted(np.sort(due), at, "right") - np.searchsorted(
        np.sort(until), at, "right"
    )
    return mean, count, waiting.astype(float)


def joined(raw: Path) -> "pd.DataFrame":
    """Every flight of the raw tables with weather, aircraft and the airport's state joined."""
    import numpy as np
    import pandas as pd

    files = sorted(raw.glob("flights-*.parquet"))
    if not files:
        raise FileNotFoundError(
            f"{raw}: expected flights-YYYY-MM.parquet; run `git checkout {raw}`"
        )
    flights = pd.concat([pd.read_parquet(file) for file in files], ignore_index=True)
    day = pd.to_datetime(flights[["year", "month", "day"]])
    scheduled = flights["sched_dep_time"]
    minute = scheduled // 100 * 60 + scheduled % 100
    flights["sched_dep"] = (day + pd.to_timedelta(minute, unit="m")).astype("datetime64[us]")
    flights = flights.sort_values(["sched_dep", "carrier", "flight", "origin"], ignore_index=True)
    flights["month"] = flights["sched_dep"].dt.strftime("%Y-%m")
    flights["flight_id"] = (
        flights["sched_dep"].dt.strftime("%Y%m%dT%H%M")
        + flights["carrier"]
        + flights["flight"].astype(str)
        + flights["origin"]
    )

    due = (flights["sched_dep"] - pd.Timestamp(2013, 1, 1)).dt.total_seconds().to_numpy() / 60
    delay = flights["dep_delay"].to_numpy(float)
    left = np.where(np.isnan(delay), np.inf, due + np.nan_to_num(delay))
    for prefix, by in (("origin", ["origin"]), ("carrier", ["origin", "carrier"])):
        names = [f"{prefix}_delay_3h", f"{prefix}_departures_3h", f"{prefix}_waiting"]
        flights[names] = 0.0
        for rows in flights.groupby(by).indices.values():
            state = departures_state(due[rows] - LEAD, due[rows], left[rows], delay[rows])
            for name, values in zip(names, state, strict=True):
                flights.loc[rows, name] = values

    weather = pd.read_parquet(raw / "weather.parquet")
    weather["observed"] = pd.to_datetime(weather[["year", "month", "day", "hour"]]).astype(
        "datetime64[us]"
    )
    weather = weather.sort_values("observed")[["origin", "observed", *WEATHER]]
    flights["predicted"] = flights["sched_dep"] - pd.Timedelta(minutes=LEAD)
    flights = pd.merge_asof(flights, weather, left_on="predicted", right_on="observed", by="origin")
    planes = pd.read_parquet(raw / "planes.parquet").rename(columns={"year": "plane_year"})
    planes = planes[["tailnum", "plane_year", "seats", "manufacturer", "engine"]]
    return flights.merge(planes, on="tailnum", how="left")


def load(raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """Flights that arrived, by month; the target is an arrival more than 15 minutes late."""
    flights = joined(raw)
    flights = flights[flights["arr_delay"].notna()]
    flights["late"] = (flights["arr_delay"] > TARGET_DELAY).astype("int64")
    for month, rows in flights.groupby("month"):
        yield str(month), rows


def clean(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Maker names to one spelling; a year of build before aviation is a missing one."""
    makers = frame["manufacturer"].str.upper().str.split(" ").str[0]
    return frame.assign(
        manufacturer=makers,
        plane_year=frame["plane_year"].where(frame["plane_year"] > 1940),
    )


def featurize(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Calendar, route and aircraft features; every row from itself alone."""
    due = frame["sched_dep"]
    return frame.assign(
        hour=due.dt.hour,
        minute_of_day=due.dt.hour * 60 + due.dt.minute,
        weekday=due.dt.weekday,
        plane_age=due.dt.year - frame["plane_year"],
        route=frame["origin"] + "-" + frame["dest"],
    )
