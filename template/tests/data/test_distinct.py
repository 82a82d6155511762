"""Equal values are found exactly, however the rows are cut and whatever the hashes are."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockstep.data import distinct
from lockstep.data.distinct import NOWHERE, count_overlap, find_repeated, hash_rows

VALUES = st.one_of(st.none(), st.integers(0, 5).map(str))
PARTS = st.lists(
    st.lists(st.tuples(VALUES, st.integers(0, 3), st.integers(0, NOWHERE)), max_size=6),
    min_size=1,
    max_size=4,
)
# The last makes other values meet under one hash.
HASHES = st.sampled_from([2**64 - 1, 2**63 + 2**62, 4, 0])
SIZES = st.sampled_from([(1, 1), (3, 2), (100, 100)])


def frame(part: list[tuple[str | None, int, int]]) -> pd.DataFrame:
    """Two columns, one with missing values."""
    return pd.DataFrame(
        {
            "text": pd.Series([text for text, *_ in part], dtype="str"),
            "number": pd.Series([number for _, number, _ in part], dtype="int64"),
        }
    )


def saved(folder: str, name: str, parts: list[np.ndarray]) -> list[Path]:
    """A file for each part."""
    files = [Path(folder, f"{name}-{number}.npy") for number in range(len(parts))]
    for file, part in zip(files, parts, strict=True):
        np.save(file, part)
    return files


@contextmanager
def on_disk(frames: list[pd.DataFrame], bits: int, sizes: tuple[int, int]) -> Iterator[list[Path]]:
    """Files of the frames' hashes, of which only these bits count; sizes: how many are merged, compared."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "TOGETHER", sizes[0])
        patch.setattr(distinct, "SUSPECTS", sizes[1])
        yield saved(folder, "hash", [hash_rows(one) & np.uint64(bits) for one in frames])


@settings(deadline=None, max_examples=50)  # it writes files
@given(PARTS, HASHES, SIZES)
def test_each_value_is_kept_once_and_it_is_the_first(
    parts: list[list[tuple[str | None, int, int]]], bits: int, sizes: tuple[int, int]
) -> None:
    frames = [frame(part) for part in parts]
    with on_disk(frames, bits, sizes) as files:
        result = find_repeated(files, lambda number, rows: frames[number].take(rows))
    seen: set[tuple[str | None, int]] = set()
    for number, part in enumerate(parts):
        expected = []
        for row, (text, value, _) in enumerate(part):
            if (text, value) in seen:
                expected.append(row)
            seen.add((text, value))
        assert result.get(number, np.array([])).tolist() == expected
    assert all(map(len, result.values()))


@settings(deadline=None, max_examples=50)  # it writes files
@given(PARTS, HASHES, SIZES)
def test_a_value_under_two_labels_is_counted_once(
    parts: list[list[tuple[str | None, int, int]]], bits: int, sizes: tuple[int, int]
) -> None:
    frames = [frame(part) for part in parts]
    with on_disk(frames, bits, sizes) as files:
        under = [np.array([label for *_, label in part], dtype=np.int8) for part in parts]
        labels = saved(str(files[0].parent), "label", under)
        result = count_overlap(files, labels, lambda number, rows: frames[number].take(rows))
    where: dict[tuple[str | None, int], set[int]] = {}
    for text, value, label in (row for part in parts for row in part):
        where.setdefault((text, value), set()).update({label} - {NOWHERE})
    assert result == sum(len(labels) > 1 for labels in where.values())


def test_ranges_hold_few_hashes_though_one_value_fills_the_table(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "TOGETHER", 1000)
        parts = [np.full(5000, 7, dtype=np.uint64)] * 3
        parts += [np.random.default_rng(0).integers(0, 2**64, 5000, dtype=np.uint64)]
        runs = [
            distinct.save_run(one, file)
            for one, file in zip(parts, saved(str(tmp_path), "hash", parts), strict=True)
        ]
        sizes = [len(merged) for merged in distinct.ranges(runs)]
    assert len(sizes) == 20
    assert max(sizes) < 500
