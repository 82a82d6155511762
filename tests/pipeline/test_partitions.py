"""A partition is the same bytes however its rows came."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pipeline.partitions import ROW_GROUP, copy, count, write, write_whole
from pipeline.stage.errors import DataError


def test_frames_written_one_after_the_other_are_the_bytes_of_one(tmp_path: Path) -> None:
    rows = ROW_GROUP + 5000  # more than a row group
    frame = pd.DataFrame({"id": np.arange(rows), "score": np.arange(rows) % 7 / 7})
    write(frame, tmp_path / "one.parquet")
    cuts = [0, 10, 600_000, 600_000, rows]
    pieces = (frame.iloc[a:b] for a, b in itertools.pairwise(cuts))
    write_whole(pieces, tmp_path / "other.parquet")
    copy(tmp_path / "one.parquet", tmp_path / "third.parquet")
    one, other, third = (path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert one == other == third


def test_a_partition_cut_short_is_named_when_its_rows_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "one.parquet"
    write(pd.DataFrame({"id": [1, 2, 3]}), path)
    assert count(path) == 3
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(DataError, match=r"one.parquet: not a whole Parquet file"):
        count(path)
