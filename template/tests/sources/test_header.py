"""The columns of a raw file are read from its head, where it has a header."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

from lockstep.sources.header import read_header

FILES = {
    "a.csv": (b"x,y\n1,2\n", ["x", "y"]),
    "bom.csv": (b"\xef\xbb\xbfx,y\n1,2\n", ["x", "y"]),
    "a.csv.gz": (gzip.compress(b"x,y\n1,2\n"), ["x", "y"]),
    "headless.csv": (b"1,2\n3,4\n", None),
    "empty.csv": (b"", None),
    "broken.csv.gz": (b"no gzip", None),
    "broken.parquet": (b"no parquet", None),
    "a.json": (b"{}", None),
}


@pytest.mark.parametrize("name", FILES)
def test_the_header_of_a_file(tmp_path: Path, name: str) -> None:
    content, expected = FILES[name]
    (tmp_path / name).write_bytes(content)
    assert read_header(tmp_path / name) == expected


def test_the_columns_of_a_parquet_file(tmp_path: Path) -> None:
    pd.DataFrame({"x": [1], "y": [2]}).to_parquet(tmp_path / "a.parquet")
    assert read_header(tmp_path / "a.parquet") == ["x", "y"]
