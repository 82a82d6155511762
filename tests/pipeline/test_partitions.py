"""Partitions on disk: whole or not there, the same bytes for the same rows."""

from pathlib import Path

import pandas as pd

from pipeline import partitions


def test_a_copy_is_the_bytes_that_writing_its_rows_again_would_make(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": [1, 2, 3], "x": [0.1, None, 0.3], "s": ["a", None, "b"]})
    frame["whole"] = pd.array([1, None, 3], dtype="Int64")
    frame["at"] = pd.to_datetime(["2013-01-01"] * 3).astype("datetime64[us]")
    partitions.write(frame, tmp_path / "one.parquet")
    partitions.copy(tmp_path / "one.parquet", tmp_path / "copies/one.parquet")
    partitions.write(partitions.read(tmp_path / "one.parquet"), tmp_path / "again.parquet")
    copied = (tmp_path / "copies/one.parquet").read_bytes()
    assert copied == (tmp_path / "again.parquet").read_bytes()
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["one.parquet"]
