"""How a file is compressed, detected from its first bytes, and its decompressed bytes."""

from pathlib import Path
from typing import IO, Any

from lockstep.core.errors import DataError

MAGIC = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\x00": ".xz", b"PK\x03\x04": ".zip"}
MAGIC |= {b"\x28\xb5\x2f\xfd": ".zst"}


def detect_compression(path: Path) -> str:
    """Return the suffix of a file's compression, from its first bytes; empty where it has none."""
    with path.open("rb") as stream:
        head = stream.read(6)
    return next((suffix for magic, suffix in MAGIC.items() if head.startswith(magic)), "")


def open_decompressed(path: Path) -> IO[bytes]:
    """Open a file's decompressed bytes. Raises DataError for an archive of several files."""
    import bz2
    import gzip
    import lzma

    suffix = detect_compression(path)
    if suffix == ".zip":
        return open_zip_member(path)
    if suffix == ".zst":
        import pyarrow as pa

        stream: IO[bytes] = pa.input_stream(str(path), compression="zstd")
        return stream
    openers: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    stream = openers.get(suffix, open)(path, "rb")
    return stream


def open_zip_member(path: Path) -> IO[bytes]:
    """Open the one file of an archive. Raises DataError for an archive of several files or none."""
    import zipfile

    archive = zipfile.ZipFile(path)
    members = [name for name in archive.namelist() if not name.endswith("/")]
    if len(members) != 1:
        raise DataError(f"{path} holds {len(members)} files, expected one; unpack it to a folder")
    return archive.open(members[0])
