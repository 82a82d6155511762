"""A key that was seen is seen again, however the rows before were cut into partitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep.prediction import row_checks


@given(
    st.lists(st.lists(st.integers(0, 30), max_size=12), max_size=12), st.sampled_from([1, 8, 99])
)
def test_repeated_keys_are_those_of_a_set(parts: list[list[int]], large: int) -> None:
    known: set[int] = set()
    seen: list[np.ndarray] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(row_checks, "LARGE", large)
        for part in parts:
            expected = []
            for key in part:
                expected.append(key in known)
                known.add(key)
            assert row_checks.again(np.array(part, dtype=np.uint64), seen).tolist() == expected


def test_keys_are_held_in_few_runs_of_8_bytes_a_row() -> None:
    seen: list[np.ndarray] = []
    for start in range(0, 100_000, 100):
        row_checks.again(np.arange(start, start + 100, dtype=np.uint64), seen)
    assert sum(run.nbytes for run in seen) == 800_000
    assert len(seen) < 12
