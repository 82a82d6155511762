"""A time makes periods and features; its unit follows what it spans."""

import datetime
from pathlib import Path

import pandas as pd
import pytest

from lockstep.onboarding.column import Column
from lockstep.onboarding.infer_period import can_be_time, choose_time_parts, choose_unit
from template.tests.onboarding.tables import DAYS, classification_table, infer_plan, integers


def times(name: str, start: str, end: str, n_missing: int = 0) -> Column:
    """Return a column of times that spans from start to end."""
    low, high = pd.Timestamp(start), pd.Timestamp(end)
    return Column(name, "datetime", 100, low=low, high=high, n_missing=n_missing)


@pytest.mark.parametrize(
    ("end", "unit"),
    [
        ("2000-01-05", None),
        ("2000-01-20", "day"),
        ("2000-04-01", "week"),
        ("2001-04-01", "month"),
        ("2006-04-01", "quarter"),
        ("2020-01-01", "year"),
    ],
)
def test_the_unit_follows_the_span(end: str, unit: str | None) -> None:
    assert choose_unit(times("t", "2000-01-01", end)) == unit


def test_a_birthday_a_sparse_time_and_a_future_one_order_no_rows() -> None:
    now = datetime.datetime(2024, 1, 1)
    assert can_be_time(times("sold", "2020-01-01", "2023-01-01"), now)
    assert not can_be_time(times("date_of_birth", "1950-01-01", "2000-01-01"), now)
    assert not can_be_time(times("returned", "2020-01-01", "2023-01-01", n_missing=10), now)
    assert not can_be_time(times("expires", "2020-01-01", "2050-01-01"), now)


def test_the_parts_of_a_time_have_an_hour_where_it_has_a_clock() -> None:
    days, clock = (
        times("t", "2020-01-01", "2023-01-01"),
        times("t", "2020-01-01", "2023-01-01 5:00"),
    )
    assert choose_time_parts(days, is_split_time=True) == ["month", "day_of_week"]
    assert choose_time_parts(clock, is_split_time=False) == ["year", "month", "day_of_week", "hour"]


def test_a_time_makes_periods_features_and_a_temporal_split(tmp_path: Path) -> None:
    plan = infer_plan(tmp_path, classification_table(when=DAYS))
    assert (plan.time, plan.period, plan.unit) == ("when", "month", "month")
    assert plan.split == {"kind": "temporal", "train_until": "2020-09", "valid_until": "2020-11"}
    assert {"when_month", "when_day_of_week"} <= set(plan.numeric)
    assert "when_year" not in plan.numeric


@pytest.mark.parametrize("unit", ["year", "quarter", "month", "week", "day"])
def test_a_period_of_any_unit(tmp_path: Path, unit: str) -> None:
    days = pd.date_range("2012-01-01", periods=len(DAYS), freq="9D")
    split = infer_plan(tmp_path, classification_table(when=days), period=unit).split
    assert split["kind"] == "temporal" and split["train_until"] < split["valid_until"]


def test_a_column_may_be_the_period(tmp_path: Path) -> None:
    waves = sorted(integers(1, 9))
    plan = infer_plan(tmp_path, classification_table(wave=waves), period="wave")
    assert plan.period == "wave" and plan.time is None and plan.split["kind"] == "temporal"
