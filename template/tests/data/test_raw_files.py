"""A raw file that cannot be read is named, and what was read is noted."""

from pathlib import Path

import pandas as pd
import pytest

from lockstep.core.errors import DataError
from lockstep.data.raw_files import damaged, manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two Parquet files and a CSV."""
    for name in ("a", "b"):
        pd.DataFrame({"x": range(1000), "y": "text"}).to_parquet(tmp_path / f"{name}.parquet")
    (tmp_path / "c.csv").write_text('x\n1\n"two\nlines"\n', encoding="utf-8")
    return tmp_path


def test_the_manifest_counts_rows_whatever_the_format(folder: Path) -> None:
    assert [one["rows"] for one in manifest(folder)] == [1000, 1000, 2]


def test_an_empty_file_is_named(folder: Path) -> None:
    (folder / "b.parquet").write_bytes(b"")
    with pytest.raises(DataError, match=r"b\.parquet is empty; bring it back"):
        manifest(folder)


def test_a_file_damaged_in_the_middle_is_named_though_its_footer_is_whole(folder: Path) -> None:
    content = bytearray((folder / "b.parquet").read_bytes())
    content[4:200] = bytes(196)
    (folder / "b.parquet").write_bytes(content)
    assert manifest(folder)[1]["rows"] == 1000  # the footer alone does not tell
    assert "b.parquet is damaged" in str(damaged(folder))


def test_whole_files_are_not_damaged(folder: Path) -> None:
    assert damaged(folder) is None
