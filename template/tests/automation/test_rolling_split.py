"""The newest periods are test, those before them valid; what remains is train, and it is not empty."""

from pathlib import Path

import pandas as pd
import pytest

from lockstep.automation.rolling_split import FEATURES, boundaries, periods
from lockstep.core.errors import DataError
from lockstep.core.partitions import write_partition

MONTHS = ["2013-01", "2013-02", "2013-03", "2013-04"]


def test_periods_come_from_all_partitions_in_time_order(tmp_path: Path) -> None:
    for name, values in (("b", ["2013-02", "2013-01"]), ("a", ["2013-02", "2013-03"])):
        write_partition(
            pd.DataFrame({"month": values, "x": [1, 2]}), tmp_path / FEATURES / f"{name}.parquet"
        )
    assert periods("month", tmp_path) == ["2013-01", "2013-02", "2013-03"]


def test_the_newest_are_test_and_the_last_boundary_is_open() -> None:
    assert boundaries(MONTHS, 1, 1) == {
        "train_until": "2013-02",
        "valid_until": "2013-03",
        "test_until": None,
    }
    assert boundaries(MONTHS, 2, 1)["train_until"] == "2013-01"


def test_no_period_left_to_train_on_is_refused() -> None:
    with pytest.raises(DataError, match="leave none to train on"):
        boundaries(MONTHS, 2, 2)
