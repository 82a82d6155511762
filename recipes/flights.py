"""Flights from New York: what is known two hours before the scheduled departure."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

TARGET_DELAY = 15  # minutes: later than this is late
LEAD = 120  # minutes between prediction and scheduled departure
WINDOW = 180  # minutes of the airport's past that a row sees
AIRCRAFT_WINDOW = 1440  # minutes of the aircraft's past that a row sees; the longest window
OBSERVED = 60  # minutes: the weather of an hour is known when the hour is over
SPAN = 2.0**27  # minutes: more than 250 years, so that groups on one axis never touch
FLIGHT = [
    "year", "month", "day", "sched_dep_time", "dep_delay", "arr_delay", "air_time",
    "carrier", "flight", "tailnum", "origin", "dest", "distance",
]  # fmt: skip
WEATHER = ["temp", "dewp", "humid", "wind_speed", "wind_gust", "precip", "pressure", "visib"]


def departures_state(
    group: "np.ndarray", at: "np.ndarray", due: "np.ndarray", left: "np.ndarray"
) -> tuple["np.ndarray", "np.ndarray", "np.ndarray"]:
    """Mean delay and number of the group's departures in the window before `at`, and its queue.

    All in minutes since one instant, shape (rows,), in order of group and, within it, of due. The queue is
    the flights due in the window that are not gone at `at`; `left` of a cancelled flight is infinite.
    """
    import numpy as np

    gone = np.isfinite(left)
    axis = group * SPAN
    order = np.argsort((axis + left)[gone], kind="stable")
    times = (axis + left)[gone][order]
    total = np.concatenate([[0.0], np.cumsum((left - due)[gone][order])])
    first = np.searchsorted(times, axis + at - WINDOW, "right")
    last = np.searchsorted(times, axis + at, "right")
    count = (last - first).astype(float)
    mean = np.divide(
        total[last] - total[first], count, where=count > 0, out=np.full(len(at), np.nan)
    )
    begun = np.searchsorted(axis + due, axis + at, "right")
    # Nobody can tell a flight that leaves much later from one that never will: out with both.
    over = np.searchsorted(np.sort(axis + np.clip(left, due, due + WINDOW)), axis + at, "right")
    return mean, count, (begun - over).astype(float)


def last_departure(
    group: "np.ndarray", at: "np.ndarray", due: "np.ndarray", left: "np.ndarray"
) -> tuple["np.ndarray", "np.ndarray"]:
    """Delay of the group's last departure before `at` and minutes since, shape (rows,).

    NaN where there is none in the aircraft's window, or the group is negative: unknown.
    """
    import numpy as np

    gone = np.isfinite(left)
    axis = group * SPAN
    order = np.argsort((axis + left)[gone], kind="stable")
    times = np.concatenate([[-np.inf], (axis + left)[gone][order]])
    delays = np.concatenate([[np.nan], (left - due)[gone][order]])
    last = np.searchsorted(times, axis + at, "right") - 1
    since = axis + at - times[last]
    known = (since < AIRCRAFT_WINDOW) & (group >= 0)
    return np.where(known, delays[last], np.nan), np.where(known, since, np.nan)


def days(table: "pd.DataFrame") -> "np.ndarray":
    """The date of each row, datetime64[us], shape (rows,); each date is parsed once, for there are few."""
    import pandas as pd

    number, dates = pd.factorize(table["year"] * 10000 + table["month"] * 100 + table["day"])
    parsed = pd.to_datetime(dates.astype(str), format="%Y%m%d").to_numpy()
    found: np.ndarray = parsed.astype("datetime64[us]")[number]
    return found


def timed(flights: "pd.DataFrame") -> "pd.DataFrame":
    """The raw rows with the scheduled departure, and `due` and `left` in minutes since 1970."""
    import numpy as np

    time = flights["sched_dep_time"].to_numpy()
    minutes = (time // 100 * 60 + time % 100).astype("timedelta64[m]")
    sched_dep = days(flights) + minutes
    due = sched_dep.astype("int64") / 60e6
    # Nobody leaves before a prediction about it: so a month needs nothing of the next one.
    left = (due + flights["dep_delay"].clip(lower=-LEAD)).fillna(np.inf)
    return flights.assign(sched_dep=sched_dep, due=due, left=left)


def spelt(times: "pd.Series", unit: str, spelling: str) -> "pd.Series":
    """The times as text; each of the few that differ in this unit is formatted once."""
    import pandas as pd

    number, found = pd.factorize(times.to_numpy().astype(f"datetime64[{unit}]"))
    texts = pd.Series(pd.DatetimeIndex(found).strftime(spelling), dtype="str")
    return texts.take(number).set_axis(times.index)


def scheduled(flights: "pd.DataFrame") -> "pd.DataFrame":
    """Timed rows in order of scheduled departure, with key and month."""
    import pandas as pd

    flights = flights.sort_values(["sched_dep", "carrier", "flight", "origin"], ignore_index=True)
    due = flights["sched_dep"]
    of_day = pd.Timestamp(0) + (due - due.dt.normalize())
    key = spelt(due, "D", "%Y%m%dT") + spelt(of_day, "m", "%H%M")
    key = key + flights["carrier"] + flights["flight"].astype("str") + flights["origin"]
    return flights.assign(month=spelt(due, "M", "%Y-%m"), flight_id=key)


def by_group(
    state: Callable[..., tuple["np.ndarray", ...]],
    group: "np.ndarray",
    due: "np.ndarray",
    left: "np.ndarray",
) -> list["np.ndarray"]:
    """What departures_state or last_departure gives for rows in order of due, each of shape (rows,)."""
    import numpy as np

    order = np.argsort(group, kind="stable")  # in it times ascend, and so are found quickly
    found = []
    for values in state(group[order], due[order] - LEAD, due[order], left[order]):
        found.append(np.empty(len(order)))
        found[-1][order] = values
    return found


def with_state(flights: "pd.DataFrame") -> "pd.DataFrame":
    """Scheduled rows with the state of the city, airport and aircraft at the time of prediction."""
    import numpy as np
    import pandas as pd

    times = flights["due"].to_numpy(), flights["left"].to_numpy()
    origin, _ = pd.factorize(flights["origin"])
    carrier, carriers = pd.factorize(flights["carrier"])
    aircraft, _ = pd.factorize(flights["tailnum"])  # -1: no tailnum
    groups = {
        "city": np.zeros(len(flights), dtype=int),
        "origin": origin,
        "carrier": origin * len(carriers) + carrier,
    }
    found: dict[str, np.ndarray] = {}
    for prefix, group in groups.items():
        names = [f"{prefix}_delay_3h", f"{prefix}_departures_3h", f"{prefix}_waiting"]
        found |= dict(zip(names, by_group(departures_state, group, *times), strict=True))
    delay, since = by_group(last_departure, aircraft, *times)
    return flights.assign(**found, aircraft_delay=delay, aircraft_since=since)


def weather_known(files: list[Path]) -> "pd.DataFrame":
    """Hourly weather of each origin and `known`, when its hour was over; in order of time."""
    import pandas as pd

    columns = ["origin", "year", "month", "day", "hour", *WEATHER]
    weather = pd.concat([pd.read_parquet(one, columns=columns) for one in files], ignore_index=True)
    over = (weather["hour"].to_numpy() * 60 + OBSERVED).astype("timedelta64[m]")
    weather = weather[["origin", *WEATHER]].assign(known=days(weather) + over)
    return weather.sort_values("known", kind="stable")


def still_seen(flights: "pd.DataFrame") -> "pd.DataFrame":
    """Of a month's timed rows those that a row of the next month may see: the rest is out of every window."""
    import numpy as np

    past = flights["due"].max() - LEAD - AIRCRAFT_WINDOW
    seen = (flights["due"] > past) | flights["left"].between(past, np.inf, "neither")
    return flights[seen]


def parts(raw: Path) -> dict[str, list[Path]]:
    """The raw files that each month is made of: flights and weather, its own and the month before's; planes.

    Raises FileNotFoundError where there is no month at all, or one without its weather.
    """
    months = sorted(raw.glob("flights-*.parquet"))
    if not months:
        raise FileNotFoundError(
            f"{raw}: expected flights-YYYY-MM.parquet; run `git checkout {raw}`"
        )
    found = {}
    for number, month in enumerate(months):
        flights = months[max(number - 1, 0) : number + 1]
        weather = [one.with_name(one.name.replace("flights-", "weather-")) for one in flights]
        lacking = [one for one in weather if not one.exists()]
        if lacking:
            raise FileNotFoundError(f"{lacking[0]} is not there; run `git checkout {raw}`")
        found[month.stem.removeprefix("flights-")] = [*flights, *weather, raw / "planes.parquet"]
    return found


def joined(files: list[Path]) -> "pd.DataFrame":
    """A month's flights with weather, aircraft and state, from the files that parts() names for it."""
    import pandas as pd

    flown = [file for file in files if file.name.startswith("flights-")]
    *earlier, month = [timed(pd.read_parquet(file, columns=FLIGHT)) for file in flown]
    before = [still_seen(rows).assign(own=False) for rows in earlier]
    rows = with_state(scheduled(pd.concat([*before, month.assign(own=True)], ignore_index=True)))
    rows = rows[rows["own"]].drop(columns="own")
    rows = rows.assign(predicted=rows["sched_dep"] - pd.Timedelta(minutes=LEAD))
    weather = weather_known([file for file in files if file.name.startswith("weather-")])
    rows = pd.merge_asof(rows, weather, left_on="predicted", right_on="known", by="origin")
    columns = ["tailnum", "year", "seats", "manufacturer", "engine"]
    planes = pd.read_parquet(files[-1], columns=columns).rename(columns={"year": "plane_year"})
    return rows.merge(planes, on="tailnum", how="left")


def part(files: list[Path]) -> "pd.DataFrame":
    """Flights of a month that arrived; the target is an arrival more than 15 minutes late."""
    flights = joined(files)
    rows = flights[flights["arr_delay"].notna()]
    return rows.assign(late=(rows["arr_delay"] > TARGET_DELAY).astype("int64"))


def load(raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """Every month, one at a time."""
    for month, files in parts(raw).items():
        yield month, part(files)


def clean(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Maker names to one spelling; a year of build before aviation is a missing one."""
    makers = frame["manufacturer"].astype("str").str.upper().str.replace(" .*", "", regex=True)
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
        weekday=due.dt.day_of_week,
        plane_age=due.dt.year - frame["plane_year"],
        route=frame["origin"] + "-" + frame["dest"],
    )
