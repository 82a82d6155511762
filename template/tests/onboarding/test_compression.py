"""Compression is detected from a file's bytes, whatever its name."""

import bz2
import gzip
import lzma
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from lockstep.core.errors import DataError
from lockstep.onboarding.compression import detect_compression, open_decompressed

CONTENT = b"a,b\n1,2\n" * 100
COMPRESSED = {
    "": CONTENT,
    ".gz": gzip.compress(CONTENT),
    ".bz2": bz2.compress(CONTENT),
    ".xz": lzma.compress(CONTENT),
    ".zst": pa.Codec("zstd").compress(CONTENT, asbytes=True),
}


@pytest.mark.parametrize("suffix", COMPRESSED)
def test_the_bytes_come_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / "table"
    path.write_bytes(COMPRESSED[suffix])
    assert detect_compression(path) == suffix
    with open_decompressed(path) as stream:
        assert stream.read() == CONTENT


@pytest.mark.parametrize("names", [[], ["a.csv", "b.csv"]])
def test_an_archive_must_have_one_file(tmp_path: Path, names: list[str]) -> None:
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.mkdir("folder")
        for name in names:
            archive.writestr(name, CONTENT)
    with pytest.raises(DataError, match=rf"holds {len(names)} files, expected one"):
        open_decompressed(tmp_path / "t.zip")
