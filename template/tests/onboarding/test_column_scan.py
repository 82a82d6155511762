"""A scan is the same whether a column comes in one chunk or in several."""

import datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from lockstep.onboarding.column_scan import update_stats, value_kind
from lockstep.onboarding.column_stats import ColumnStats
from lockstep.onboarding.date_formats import ISO
from lockstep.onboarding.number_formats import COMMAS, PLAIN

KINDS: dict[str, Any] = {
    "text": ["a", "b"],
    "bool": [True, False],
    "int": [1, 2],
    "float": [Decimal("1.5"), 2],
    "datetime": [datetime.date(2020, 1, 1)],
    "mixed": [1, "a"],
    "other": [[1], [2]],
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_objects(kind: str) -> None:
    assert value_kind(pd.Series(KINDS[kind], dtype=object)) == kind


def scan(*chunks: list[Any]) -> ColumnStats:
    """Return the statistics of a column that comes in chunks."""
    stats = ColumnStats("x")
    for chunk in chunks:
        update_stats(stats, pd.Series(chunk, dtype="str"))
    return stats


@pytest.mark.parametrize(
    "values",
    [["1", "2.5", "NA", None, "1"], ["2020-01-01", "2020-01-02", "?"], ["a", "b", " c", "b"]],
)
def test_chunks_add_up(values: list[str]) -> None:
    whole, parts = scan(values), scan(values[:2], values[2:])
    assert (parts.n_rows, parts.n_missing) == (whole.n_rows, whole.n_missing)
    assert parts.value_counts == whole.value_counts
    assert parts.missing_texts == whole.missing_texts
    assert parts.style_counts == whole.style_counts
    assert parts.number_ranges.get(PLAIN) == whole.number_ranges.get(PLAIN)
    assert parts.time_ranges == whole.time_ranges


def test_numbers_are_read_in_each_style_that_fits() -> None:
    stats = scan(["1,234.5", "7.25", "x"])
    assert (stats.style_counts[COMMAS], stats.style_counts[PLAIN]) == (2, 1)
    assert stats.number_ranges[COMMAS] == (7.25, 1234.5)
    assert stats.non_numbers == {"x": 1} and stats.has_fractions


def test_times_are_read_and_texts_that_may_mean_missing_are_apart() -> None:
    stats = scan(["2020-01-01", "2020-03-01", "unknown"])
    assert stats.format_counts == {ISO: 2} and stats.missing_texts == {"unknown": 1}
    assert stats.time_ranges[ISO] == (pd.Timestamp("2020-01-01"), pd.Timestamp("2020-03-01"))


def test_nanoseconds_and_zones_of_native_times_are_noted() -> None:
    stats = ColumnStats("x")
    times = pd.Series(pd.to_datetime(["2020-01-01T00:00:00.000000001Z"], utc=True))
    update_stats(stats, times)
    assert stats.has_zone and stats.has_nanoseconds
