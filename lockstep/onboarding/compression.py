"""How a file is packed, told by its first bytes, and its bytes unpacked."""

from pathlib import Path
from typing import IO, Any

from lockstep.core.errors import DataError

MAGIC = {b"\x1f\x8b": ".gz", b"BZh": ".bz2", b"\xfd7zXZ\x00": ".xz", b"PK\x03\x04": ".zip"}
MAGIC |= {b"\x28\xb5\x2f\xfd": ".zst"}


def compression(path: Path) -> str:
    """The suffix of how a file is packed, by its first bytes; empty for one that is not."""
    with path.open("rb") as stream:
        head = stream.read(6)
    return next((suffix for magic, suffix in MAGIC.items() if head.startswith(magic)), "")


def opened(path: Path) -> IO[bytes]:
    """The file's bytes, unpacked. Raises DataError for an archive of several files."""
    import bz2
    import gzip
    import lzma
    import zipfile

    packed = compression(path)
    if packed == ".zip":
        archive = zipfile.ZipFile(path)
        inside = [name for name in archive.namelist() if not name.endswith("/")]
        if len(inside) != 1:
            raise DataError(
                f"{path} holds {len(inside)} files, expected one; unpack it to a folder"
            )
        return archive.open(inside[0])
    if packed == ".zst":
        import pyarrow as pa

        found: IO[bytes] = pa.input_stream(str(path), compression="zstd")
        return found
    unpack: Any = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}.get(packed, open)
    return unpack(path, "rb")  # type: ignore[no-any-return]
