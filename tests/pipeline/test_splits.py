"""Splits hold what they promise, whatever the kind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.config.schema import Split
from pipeline.splits import SPLITS, by_units, in_order, overlap, spans, temporal_split
from pipeline.stage.errors import ConfigError


def test_whole_periods_in_time_order() -> None:
    found = temporal_split(["2013-03", "2013-01", "2013-02"], "2013-01", "2013-02")
    assert found == {"train": ["2013-01"], "valid": ["2013-02"], "test": ["2013-03"]}


def test_an_empty_split_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="split test would be empty"):
        temporal_split(["2013-01", "2013-02"], "2013-01", "2013-02")


def test_rows_of_one_unit_stay_together_and_shares_hold() -> None:
    units = np.repeat(np.arange(200, dtype=np.uint64) << np.uint64(2), 3)
    assigned = by_units(units, np.zeros(600, int), Split(kind="grouped"), seed=1)
    assert overlap(units, assigned) == 0
    assert (assigned == SPLITS.index("test")).mean() == pytest.approx(0.2)
    assert (assigned == SPLITS.index("valid")).mean() == pytest.approx(0.15)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), max_size=60))
def test_an_overlap_is_counted_once_for_each_value(rows: list[tuple[int, int]]) -> None:
    values = np.array([value << 40 for value, _ in rows], dtype=np.uint64)
    assigned = np.array([split for _, split in rows], dtype=np.int8)
    expected = sum(len({s for v, s in rows if v == value}) > 1 for value in range(10))
    assert overlap(values, assigned) == expected


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 2)), max_size=20))
def test_times_are_in_order_over_the_spans_of_partitions_as_over_all_rows(
    rows: list[tuple[int, int]],
) -> None:
    rows += [(-1, 0), (15, 1), (31, 2)]  # no split is empty
    parts = [rows[::2], rows[1::2]]
    arrays = [np.array(part).reshape(-1, 2).T for part in parts]
    times = [[time for time, split in rows if split == number] for number in range(3)]
    expected = max(times[0]) < min(times[1]) and max(times[1]) < min(times[2])
    assert in_order([spans(time, split) for time, split in arrays]) == expected
