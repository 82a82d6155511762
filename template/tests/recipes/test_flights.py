from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from recipes import flights, flights_air_time

RAW = Path("data/raw/flights")
# A few days at each side of two month ends: (month, first day, last day).
DAYS = [("2013-01", 30, 31), ("2013-02", 1, 2), ("2013-03", 1, 1)]
START, END = pd.Timestamp("2013-01-30"), pd.Timestamp("2013-02-03")
RECIPES = {"flights": flights, "flights_air_time": flights_air_time}
CONF = {
    name: yaml.safe_load(Path(f"conf/dataset/{name}.yaml").read_text(encoding="utf-8"))
    for name in RECIPES
}
FEATURES = CONF["flights"]["numeric"] + CONF["flights"]["categorical"]


def month_days(month: str, first: int, last: int) -> pd.DataFrame:
    """The raw flights of some days of a month."""
    return pd.read_parquet(
        RAW / f"flights-{month}.parquet", filters=[("day", ">=", first), ("day", "<=", last)]
    )


def write_raw(folder: Path, months: dict[str, pd.DataFrame], weather: pd.DataFrame) -> Path:
    """A raw folder of these months (or `all` in one), their weather and the planes."""
    folder.mkdir(exist_ok=True)
    for month, rows in months.items():
        rows.to_parquet(folder / f"flights-{month}.parquet", index=False)
        its = weather if month == "all" else weather[weather["month"] == int(month[-2:])]
        its.to_parquet(folder / f"weather-{month}.parquet", index=False)
    (folder / "planes.parquet").write_bytes((RAW / "planes.parquet").read_bytes())
    return folder


MONTHS = {month: month_days(month, first, last) for month, first, last in DAYS}
WEATHER = pd.concat(
    [pd.read_parquet(RAW / f"weather-{m}.parquet") for m in MONTHS], ignore_index=True
)


def whole(raw: Path) -> pd.DataFrame:
    """Every month that the recipe joins, in one frame."""
    parts = [flights.joined(files) for files in flights.parts(raw).values()]
    return pd.concat(parts, ignore_index=True)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_raw(tmp_path_factory.mktemp("raw"), MONTHS, WEATHER)


def test_months_read_one_by_one_equal_the_table_read_at_once(raw: Path, tmp_path: Path) -> None:
    at_once = write_raw(tmp_path, {"all": pd.concat(MONTHS.values())}, WEATHER)
    assert_frame_equal(whole(raw), whole(at_once))


def test_a_flight_of_the_month_before_is_not_this_months_though_due_in_it(tmp_path: Path) -> None:
    """2400 is how some tables write midnight: it is due as the next day begins."""
    months = {name: rows.copy() for name, rows in MONTHS.items()}
    last = months["2013-01"].index[months["2013-01"]["day"] == 31][-1]
    months["2013-01"].loc[last, ["sched_dep_time", "carrier"]] = 2400, "ZZ"  # sorts behind
    early = months["2013-02"].index[months["2013-02"]["day"] == 1][0]
    months["2013-02"].loc[early, "sched_dep_time"] = 0
    folder = write_raw(tmp_path, months, WEATHER)
    for name, files in flights.parts(folder).items():
        assert sorted(flights.joined(files)["flight"]) == sorted(months[name]["flight"])


def test_state_equals_a_count_over_every_flight(raw: Path) -> None:
    table = whole(raw)
    gone = table["dep_delay"].notna()
    left = table["sched_dep"] + pd.to_timedelta(table["dep_delay"], unit="m")
    window = pd.Timedelta(minutes=flights.WINDOW)
    # The first rows of a month see the month before.
    first = table.index[table["sched_dep"] >= "2013-02-01"][:40]
    late = table.sample(60, random_state=1).index
    for row in table.loc[first.union(late)].itertuples():
        at = row.sched_dep - pd.Timedelta(minutes=flights.LEAD)
        past = gone & (left <= at)
        for prefix, same in {
            "city": table["origin"].notna(),
            "origin": table["origin"] == row.origin,
            "carrier": (table["origin"] == row.origin) & (table["carrier"] == row.carrier),
        }.items():
            recent = table["dep_delay"][same & past & (left > at - window)]
            waits = same & (table["sched_dep"] <= at) & (table["sched_dep"] > at - window) & ~past
            assert getattr(row, f"{prefix}_departures_3h") == len(recent)
            assert getattr(row, f"{prefix}_waiting") == waits.sum()
            expected = recent.mean() if len(recent) else np.nan
            assert getattr(row, f"{prefix}_delay_3h") == pytest.approx(expected, nan_ok=True)
        own = past & (table["tailnum"] == row.tailnum)
        own &= left > at - pd.Timedelta(minutes=flights.AIRCRAFT_WINDOW)
        if own.any():
            assert row.aircraft_delay == table["dep_delay"][left[own].idxmax()]
            assert row.aircraft_since == (at - left[own].max()).total_seconds() / 60
        else:
            assert np.isnan(row.aircraft_delay) and np.isnan(row.aircraft_since)


def test_the_weather_a_row_sees_is_of_an_hour_that_is_over(raw: Path) -> None:
    table = whole(raw)
    hours = pd.to_datetime(WEATHER[["year", "month", "day", "hour"]])
    for row in table.sample(40, random_state=2).itertuples():
        at = row.sched_dep - pd.Timedelta(minutes=flights.LEAD)
        over = (WEATHER["origin"] == row.origin) & (hours + pd.Timedelta(hours=1) <= at)
        assert row.temp == WEATHER["temp"][hours[over].idxmax()]


def changed_after(at: pd.Timestamp, seed: int) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    """Raw months and weather with all that happened after `at` drawn anew."""
    draw = np.random.default_rng(seed)
    months = {}
    for month, rows in MONTHS.items():
        rows = flights.scheduled(flights.timed(rows))
        early = (at - rows["sched_dep"]).dt.total_seconds() / 60
        after = ~(rows["dep_delay"] <= early)  # cancelled flights too
        other = np.maximum(np.floor(early) + 1, -flights.LEAD + 1) + draw.integers(
            0, 600, len(rows)
        )
        other = other.where(draw.random(len(rows)) < 0.7)
        rows["dep_delay"] = rows["dep_delay"].mask(after, other)
        for name in ("arr_delay", "air_time", "dep_time", "arr_time"):
            rows[name] = rows[name].mask(after, draw.integers(20, 900, len(rows)).astype(float))
        months[month] = rows.drop(columns=["sched_dep", "flight_id", "due", "left"]).assign(
            month=rows["sched_dep"].dt.month
        )
    weather = WEATHER.copy()
    hours = pd.to_datetime(weather[["year", "month", "day", "hour"]])
    late = hours + pd.Timedelta(hours=1) > at
    weather.loc[late, flights.WEATHER] = draw.normal(size=(late.sum(), len(flights.WEATHER)))
    return months, weather


@settings(deadline=None, max_examples=8, phases=[Phase.generate])  # shrinking takes minutes
@given(at=st.datetimes(START.to_pydatetime(), END.to_pydatetime()), seed=st.integers(0, 99))
def test_no_feature_uses_anything_after_the_time_of_prediction(
    tmp_path_factory: pytest.TempPathFactory, at: pd.Timestamp, seed: int
) -> None:
    at = pd.Timestamp(at).floor("min")
    now = write_raw(tmp_path_factory.mktemp("now"), MONTHS, WEATHER)
    then = write_raw(tmp_path_factory.mktemp("then"), *changed_after(at, seed))
    known, other = (
        flights.featurize(flights.clean(table[table["predicted"] <= at])).set_index("flight_id")
        for table in (whole(now), whole(then))
    )
    assert_frame_equal(known[FEATURES], other[FEATURES])


@pytest.mark.parametrize("name", RECIPES)
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_features_of_some_rows_equal_those_rows_of_all(
    raw: Path, name: str, data: st.DataObject
) -> None:
    recipe = RECIPES[name]
    frame = pd.concat([part for _, part in recipe.load(raw)], ignore_index=True)
    some = data.draw(st.lists(st.integers(0, len(frame) - 1), min_size=1, unique=True))
    every = recipe.featurize(recipe.clean(frame))
    assert_frame_equal(recipe.featurize(recipe.clean(frame.loc[some])), every.loc[some])


@pytest.mark.parametrize("name", RECIPES)
def test_every_month_gives_the_declared_columns_in_the_same_types(raw: Path, name: str) -> None:
    parts = [part for _, part in RECIPES[name].load(raw)]
    declared = list(CONF[name]["checks"]["columns"])
    made = {"hour", "minute_of_day", "weekday", "plane_age", "route"}  # by featurize
    assert set(CONF[name]["numeric"] + CONF[name]["categorical"]) <= set(declared) | made
    for part in parts:
        assert part[declared].dtypes.equals(parts[0][declared].dtypes)
        assert len(part) and part["flight_id"].is_unique


@pytest.mark.parametrize("name", RECIPES)
def test_a_truncated_month_raises_at_its_turn(raw: Path, name: str, tmp_path: Path) -> None:
    folder = write_raw(tmp_path, MONTHS, WEATHER)
    cut = folder / "flights-2013-02.parquet"
    cut.write_bytes(cut.read_bytes()[:5000])
    months = RECIPES[name].load(folder)
    assert next(months)[0] == "2013-01"
    with pytest.raises(pa.ArrowInvalid):
        next(months)


def months_of(load: Callable[[Path], object], raw: Path) -> list[str]:
    return [month for month, _ in load(raw)]  # type: ignore[attr-defined]


def test_a_month_without_its_weather_is_told(tmp_path: Path) -> None:
    folder = write_raw(tmp_path, MONTHS, WEATHER)
    (folder / "weather-2013-02.parquet").unlink()
    with pytest.raises(FileNotFoundError, match=r"weather-2013-02\.parquet is not there"):
        flights.parts(folder)


def test_a_month_is_made_of_its_own_files_and_those_of_the_month_before(raw: Path) -> None:
    names = {month: [file.name for file in files] for month, files in flights.parts(raw).items()}
    assert names["2013-03"] == [
        "flights-2013-02.parquet",
        "flights-2013-03.parquet",
        "weather-2013-02.parquet",
        "weather-2013-03.parquet",
        "planes.parquet",
    ]
    assert [name for name in names["2013-01"] if "2013" in name] == [
        "flights-2013-01.parquet",
        "weather-2013-01.parquet",
    ]


@pytest.mark.parametrize("name", RECIPES)
def test_a_missing_month_is_absent_and_no_month_at_all_is_told(name: str, tmp_path: Path) -> None:
    folder = write_raw(tmp_path, MONTHS, WEATHER)
    (folder / "flights-2013-02.parquet").unlink()
    assert months_of(RECIPES[name].load, folder) == ["2013-01", "2013-03"]
    for path in folder.glob("flights-*"):
        path.unlink()
    with pytest.raises(FileNotFoundError, match="flights-YYYY-MM"):
        months_of(RECIPES[name].load, folder)


def test_late_is_an_arrival_more_than_fifteen_minutes_after_schedule(raw: Path) -> None:
    rows = pd.concat([part for _, part in flights.load(raw)])
    assert (rows["late"] == (rows["arr_delay"] > 15)).all()
    assert rows["arr_delay"].notna().all() and 0 < rows["late"].mean() < 1
