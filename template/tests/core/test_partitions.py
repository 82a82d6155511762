"""A partition is the same bytes however its rows came."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lockstep.core.errors import DataError
from lockstep.core.partitions import (
    ROW_GROUP,
    copy_partition,
    count_rows,
    read_partition,
    write_partition,
    write_whole,
)


def test_frames_written_one_after_the_other_are_the_bytes_of_one(tmp_path: Path) -> None:
    rows = ROW_GROUP + 5000  # more than a row group
    frame = pd.DataFrame({"id": np.arange(rows), "score": np.arange(rows) % 7 / 7})
    write_partition(frame, tmp_path / "one.parquet")
    cuts = [0, 10, 600_000, 600_000, rows]
    pieces = (frame.iloc[a:b] for a, b in itertools.pairwise(cuts))
    write_whole(pieces, tmp_path / "other.parquet")
    copy_partition(tmp_path / "one.parquet", tmp_path / "third.parquet")
    one, other, third = (path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert one == other == third


def test_a_partition_cut_short_is_named_when_its_rows_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "one.parquet"
    write_partition(pd.DataFrame({"id": [1, 2, 3]}), path)
    assert count_rows(path) == 3
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"one.parquet: not a whole Parquet file"):
        count_rows(path)


def test_a_copy_is_the_bytes_that_writing_its_rows_again_would_make(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": [1, 2, 3], "x": [0.1, None, 0.3], "s": ["a", None, "b"]})
    frame["whole"] = pd.array([1, None, 3], dtype="Int64")
    frame["at"] = pd.to_datetime(["2013-01-01"] * 3).astype("datetime64[us]")
    write_partition(frame, tmp_path / "one.parquet")
    copy_partition(tmp_path / "one.parquet", tmp_path / "copies/one.parquet")
    write_partition(read_partition(tmp_path / "one.parquet"), tmp_path / "again.parquet")
    copied = (tmp_path / "copies/one.parquet").read_bytes()
    assert copied == (tmp_path / "again.parquet").read_bytes()
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["one.parquet"]
