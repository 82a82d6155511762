"""Splits hold what they promise, whatever the kind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep.core.errors import ConfigError
from lockstep.core.schema import Split
from lockstep.data.splits import (
    LEFT_OUT,
    SPLITS,
    assign_by_units,
    in_order,
    spans,
    split_of_period,
    temporal_split,
)

KEYS = np.random.default_rng(1).permutation(600).astype(np.uint64)


def test_whole_periods_in_time_order() -> None:
    result = temporal_split(["2013-03", "2013-01", "2013-02"], "2013-01", "2013-02")
    assert result == {"train": ["2013-01"], "valid": ["2013-02"], "test": ["2013-03"]}


def test_periods_after_the_last_of_test_are_in_no_split() -> None:
    periods = ["2013-01", "2013-02", "2013-03", "2013-04"]
    split = Split("temporal", "2013-01", "2013-02", test_until="2013-03")
    assert split_of_period(periods, split) == dict(zip(periods, [0, 1, 2, LEFT_OUT], strict=True))


def test_other_features_do_not_reshuffle_the_splits() -> None:
    generator = np.random.default_rng(0)
    features = generator.integers(0, 2**63, 600, dtype=np.uint64)
    features[1::2] = features[::2]  # pairs of equal rows
    strata = np.repeat([0, 1], 300)
    one, other = (
        assign_by_units(values, KEYS, strata, Split(kind="stratified"), seed=1)
        for values in (features, np.uint64(2**63) - features)
    )
    assert (one == other).all()


def test_an_empty_split_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="split test would be empty"):
        temporal_split(["2013-01", "2013-02"], "2013-01", "2013-02")


def test_rows_of_one_unit_stay_together_and_shares_hold() -> None:
    units = np.repeat(np.arange(200, dtype=np.uint64) << np.uint64(2), 3)
    assigned = assign_by_units(units, KEYS, np.zeros(600, int), Split(kind="grouped"), seed=1)
    assert all(len(set(assigned[units == unit])) == 1 for unit in units)
    assert (assigned == SPLITS.index("test")).mean() == pytest.approx(0.2)
    assert (assigned == SPLITS.index("valid")).mean() == pytest.approx(0.15)


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
