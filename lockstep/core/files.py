"""Small files that stages write and read: whole or not at all, the same bytes for the same values."""

import json
import math
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError

if TYPE_CHECKING:
    import numpy as np


def read_text(path: Path, mend: str = "run `dvc repro`") -> str:
    """The text in a file. Raises DataError if it is absent or not UTF-8; mend says what to do."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise DataError(f"{path} is absent or not whole; {mend}") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is damaged: it is not UTF-8 ({error}); {mend}") from error


def read_json(path: Path, *keys: str, mend: str = "run `dvc repro`") -> Any:
    """The value in a JSON file, an object with at least these keys if any is given.

    Raises DataError that names the file if it is absent, damaged or lacks one; mend says what to do.
    """
    try:
        result = json.loads(read_text(path, mend))
    except json.JSONDecodeError as error:
        raise DataError(f"{path} is absent or not whole ({error}); {mend}") from error
    for key in keys:
        if not isinstance(result, dict) or key not in result:
            raise DataError(f"{path} is damaged: it has no {key!r}; {mend}")
    return result


def sha256(path: Path) -> str:
    """The file's hash, read a block at a time."""
    import hashlib

    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def fresh(folder: Path) -> Path:
    """Empty the folder, so that nothing of an earlier run stays in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def write_text(path: Path, text: str) -> None:
    """Write text atomically, with LF line ends on every platform."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_text(text, encoding="utf-8", newline="\n")
    os.replace(beside, path)


def plain(value: Any) -> Any:
    """JSON without NaN: not-a-number and infinities become null, numpy scalars Python's."""
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
