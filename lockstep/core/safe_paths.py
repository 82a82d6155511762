"""Paths, file names and hashes that a commit, a remote, a worker or a recipe wrote, checked before use.

Each function returns the text as it may be used, or raises DataError that shows it and says where it stood.
"""

import re
from pathlib import Path, PurePosixPath

from lockstep.core.errors import DataError

OBJECT_HASH = re.compile(
    r"[0-9a-f]{32}(\.dir)?"
)  # of DVC: of a file, or of a folder's list of files
SHA256 = re.compile(r"[0-9a-f]{64}")
COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
DRIVE = re.compile(r"[A-Za-z]:")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def matched(pattern: re.Pattern[str], value: object, source: str, expected: str) -> str:
    """Return a text that the pattern matches whole. Raises DataError that says what was expected."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise DataError(f"{source}: {shown(value)} is not {expected}")
    return value


def shown(value: object) -> str:
    """Return a value of strangers for a message: quoted, in ASCII, its start alone."""
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def object_hash(value: object, source: str) -> str:
    """Return a hash by which DVC names a file or, with .dir, a folder.

    Parameters
    ----------
    value
        What was read.
    source : str
        Where, for the message.
    """
    return matched(OBJECT_HASH, value, source, "a hash of DVC (32 hexadecimal digits)")


def sha256_hash(value: object, source: str) -> str:
    """Return a SHA-256. Parameters as of object_hash."""
    return matched(SHA256, value, source, "a SHA-256 (64 hexadecimal digits)")


def commit_hash(value: object, source: str) -> str:
    """Return the full hash of a commit of Git. Parameters as of object_hash."""
    return matched(COMMIT, value, source, "the hash of a commit")


def file_name(value: object, source: str) -> str:
    """Return a name that names one file of a folder. Parameters as of object_hash."""
    is_name = isinstance(value, str) and "/" not in value
    if not is_name or path_problem(str(value)):
        raise DataError(f"{source}: {shown(value)} cannot be the name of a file")
    return str(value)


def relative_path(value: object, source: str) -> PurePosixPath:
    """Return a path that stays below the folder that it is relative to. Parameters as of object_hash."""
    problem = path_problem(value) if isinstance(value, str) else "no text"
    if problem:
        raise DataError(f"{source}: {shown(value)} cannot be a file's path here ({problem})")
    return PurePosixPath(str(value))


def path_problem(text: str) -> str | None:
    """Return why a path could lead out of its folder, on any system, or into Git's own; None if it cannot."""
    if CONTROL.search(text):
        return "a control character"
    if "\\" in text:
        return "a backslash"
    if DRIVE.match(text):
        return "a drive"
    parts = text.split("/")
    if parts[0] == "":
        return "absolute or empty"
    if any(part in ("", ".", "..") for part in parts):
        return "a part that is empty, . or .."
    if any(part.lower().rstrip(". ") == ".git" for part in parts):
        return "inside .git"
    return None


def path_below(folder: Path, value: object, source: str) -> Path:
    """Return where a relative path lies below a folder, for writing there.

    Raises DataError also where a part of it is a link, through which a write would land elsewhere.
    """
    path = folder
    for part in relative_path(value, source).parts:
        path = path / part
        if path.is_symlink():
            raise DataError(f"{source}: {shown(value)} leads through a link, {path.as_posix()}")
    return path
