"""A repeated key is found, however the rows before were cut into partitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep.core.errors import DataError
from lockstep.data.quality import Broken
from lockstep.prediction import row_checks


@given(
    st.lists(st.lists(st.integers(0, 30), max_size=12), max_size=12), st.sampled_from([1, 8, 99])
)
def test_repeated_keys_are_those_of_a_set(parts: list[list[int]], large: int) -> None:
    known: set[int] = set()
    runs: list[np.ndarray] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_checks, "LARGE", large)
        for part in parts:
            expected = []
            for key in part:
                expected.append(key in known)
                known.add(key)
            assert row_checks.again(np.array(part, dtype=np.uint64), runs).tolist() == expected


def test_keys_need_few_runs_of_8_bytes_a_row() -> None:
    runs: list[np.ndarray] = []
    for start in range(0, 100_000, 100):
        row_checks.again(np.arange(start, start + 100, dtype=np.uint64), runs)
    assert sum(run.nbytes for run in runs) == 800_000
    assert len(runs) < 12


def test_the_first_check_of_severity_fail_stops_with_its_rows() -> None:
    warning = Broken("at most 9", "x", "warn", 1, [3], [(1.0, "id 3")])
    row_checks.stop_at_failures([warning], "new.csv")
    failure = Broken("unique key", "id", "fail", 2, [4, 5], [(0.0, "id 4"), (0.0, "id 5")])
    with pytest.raises(DataError, match=r"^new\.csv: column id, check 'unique key' .* id 4; id 5"):
        row_checks.stop_at_failures([warning, failure], "new.csv")
