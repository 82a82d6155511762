"""Splits hold what they promise, whatever the kind."""

import numpy as np
import pytest

from pipeline.config.schema import Split
from pipeline.splits import SPLITS, by_units, overlap, temporal_split
from pipeline.stage.errors import ConfigError


def test_whole_periods_in_time_order() -> None:
    found = temporal_split(["2013-03", "2013-01", "2013-02"], "2013-01", "2013-02")
    assert found == {"train": ["2013-01"], "valid": ["2013-02"], "test": ["2013-03"]}


def test_an_empty_split_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match="split test would be empty"):
        temporal_split(["2013-01", "2013-02"], "2013-01", "2013-02")


def test_rows_of_one_unit_stay_together_and_shares_hold() -> None:
    units = np.repeat(np.arange(200), 3)
    assigned = by_units(units, np.zeros(600, int), Split(kind="grouped"), seed=1)
    assert overlap(units, assigned) == 0
    assert (assigned == SPLITS.index("test")).mean() == pytest.approx(0.2)
    assert (assigned == SPLITS.index("valid")).mean() == pytest.approx(0.15)
