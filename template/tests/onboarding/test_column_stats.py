"""Statistics of a column are exact while it is small, and near where it is large."""

import pandas as pd

from lockstep.onboarding.column_stats import MAX_COUNTED, ColumnStats, update_distinct, widen_range


def test_values_are_counted_over_chunks() -> None:
    stats = ColumnStats("x")
    for chunk in (["a", "b"], ["b", "c"]):
        update_distinct(stats, pd.Series(chunk))
    assert stats.value_counts == {"a": 1, "b": 2, "c": 1}
    assert stats.n_distinct == 3 and not stats.is_unique


def test_a_value_that_comes_once_in_each_chunk_is_not_unique() -> None:
    stats = ColumnStats("x")
    update_distinct(stats, pd.Series([1, 2]))
    assert stats.is_unique
    update_distinct(stats, pd.Series([2, 3]))
    assert not stats.is_unique


def test_many_distinct_values_are_estimated() -> None:
    stats = ColumnStats("x")
    update_distinct(stats, pd.Series(range(MAX_COUNTED)))
    assert stats.value_counts is not None
    for start in range(0, 100_000, 10_000):
        update_distinct(stats, pd.Series(range(start, start + 10_000)))
    assert stats.value_counts is None
    assert abs(stats.n_distinct / 100_000 - 1) < 0.1


def test_a_range_covers_earlier_chunks() -> None:
    assert widen_range(None, 1, 2) == (1, 2)
    assert widen_range((1, 2), 0, 1) == (0, 2)
