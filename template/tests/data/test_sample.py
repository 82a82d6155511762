"""A sample is drawn by the key alone: the same in any order, and little else as the table grows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lockstep.core.partitions import write_partition
from lockstep.data.sample import sample_rows


def drawn(folder: Path, parts: list[range], rows: int, seed: int = 1) -> set[str]:
    """The keys that a sample takes of these partitions."""
    folder.mkdir()
    files = [folder / f"part-{number}.parquet" for number in range(len(parts))]
    frames = [pd.DataFrame({"id": [f"row {value}" for value in part]}) for part in parts]
    for file, frame in zip(files, frames, strict=True):
        write_partition(frame, file)
    result = sample_rows(files, ["id"], rows, seed)
    assert all((np.diff(kept) > 0).all() for kept in result)
    keys = [frame["id"].take(kept) for frame, kept in zip(frames, result, strict=True)]
    return set(pd.concat(keys))


def test_the_order_of_rows_decides_nothing_and_the_seed_does(tmp_path: Path) -> None:
    one = drawn(tmp_path / "one", [range(500), range(500, 900)], 200)
    assert len(one) == 200
    assert drawn(tmp_path / "two", [range(899, 399, -1), range(400)], 200) == one
    assert len(drawn(tmp_path / "three", [range(900)], 200, seed=2) & one) < 100


def test_as_the_table_grows_rows_only_make_room_for_new_ones(tmp_path: Path) -> None:
    before = drawn(tmp_path / "one", [range(1000)], 300)
    after = drawn(tmp_path / "two", [range(1000), range(1000, 1200)], 300)
    assert after & {f"row {value}" for value in range(1000)} <= before
    assert len(before & after) == pytest.approx(300 / 1.2, abs=25)


def test_a_smaller_sample_is_part_of_a_larger_one_and_none_is_larger_than_the_table(
    tmp_path: Path,
) -> None:
    many = drawn(tmp_path / "one", [range(400)], 300)
    assert drawn(tmp_path / "two", [range(400)], 30) < many
    assert len(drawn(tmp_path / "three", [range(40)], 300)) == 40
