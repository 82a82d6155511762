"""A partition is the same bytes however its rows came."""

import itertools
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.partitions import ROW_GROUP, copy, write, write_whole


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
