"""Small files that stages write and read: whole or not at all, the same bytes for the same values."""

import json
import math
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError

if TYPE_CHECKING:
    import numpy as np


def read_text(path: Path, remedy: str = "run `dvc repro`") -> str:
    """Return the text of a file. Raises DataError, with the remedy, if it is absent or not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError(f"{path} is absent or not whole; {remedy}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is damaged: it is not UTF-8 ({error}); {remedy}") from error


def read_json(path: Path, *keys: str, remedy: str = "run `dvc repro`") -> Any:
    """Return the value in a JSON file.

    Parameters
    ----------
    path : Path
        The file.
    *keys : str
        Keys that the value, an object, must have.
    remedy : str
        What to do about a file that cannot be read, for the message.

    Raises
    ------
    DataError
        If the file is absent, damaged or lacks a key.
    """
    try:
        result = json.loads(read_text(path, remedy))
    except json.JSONDecodeError as error:
        raise DataError(f"{path} is absent or not whole ({error}); {remedy}") from error
    for key in keys:
        if not isinstance(result, dict) or key not in result:
            raise DataError(f"{path} is damaged: it has no {key!r}; {remedy}")
    return result


def sha256(path: Path) -> str:
    """Return the file's hash, read a block at a time."""
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_left_by_tools(path: Path) -> bool:
    """Return whether an editor, a file manager or a killed write left a file: it is none of the owner's."""
    name = path.name
    return (
        name.startswith((".#", "~$", "._"))
        or name.endswith(("~", ".swp", ".swo", ".part", ".orig"))
        or name in (".DS_Store", "Thumbs.db", "desktop.ini")
        or (name.startswith("#") and name.endswith("#"))
    )


def fresh(folder: Path) -> Path:
    """Empty the folder, so that nothing of an earlier run stays in it; return it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a path beside `path`, to write a file or a folder there; rename it to `path` at the end.

    On an error what was written is removed, and an earlier file at `path` stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    remove(beside)  # of a killed run
    try:
        yield beside
        os.replace(beside, path)
    except BaseException:
        remove(beside)
        raise


def write_text(path: Path, text: str) -> None:
    """Write text atomically, with LF line ends on every platform."""
    with atomic_path(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")


def plain(value: Any) -> Any:
    """Return a value that JSON can hold: NaN and infinities become null, numpy scalars Python's."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically, readable, keys in the order given."""
    write_text(path, json.dumps(plain(value), indent=2, ensure_ascii=False) + "\n")


def write_records(path: Path, records: list[dict[str, Any]]) -> None:
    """Write a JSON list atomically, a record a line: in Git a change is as long as what changed."""
    lines = [json.dumps(plain(record), ensure_ascii=False) for record in records]
    write_text(path, "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n")


def write_array(path: Path, array: "np.ndarray") -> None:
    """Write an array as np.save does, which would not notice that the disk took only a part of it."""
    import io

    import numpy as np

    content = io.BytesIO()
    np.save(content, array)
    path.write_bytes(content.getbuffer())
