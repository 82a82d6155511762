"""One line for a person: what is wrong, where, and what to do; no traceback unless LOCKSTEP_DEBUG=1."""

import contextlib
import errno
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TextIO, cast

from lockstep.core.escaping import TerminalStream, terminal_text

OWNER_FOLDERS = ("recipes", "components", "stages")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
MIN_FREE = 64 * 1024  # bytes left on a disk that is as good as full


class LockstepError(Exception):
    """An error that a person can correct; its text is the one line that is printed."""


class ConfigError(LockstepError):
    """A value in conf/, in an override or in params.yaml is not allowed."""


class DataError(LockstepError):
    """Data is missing, unreadable or not what the configuration says."""


def is_full(error: BaseException) -> bool:
    """Whether the disk was full: by the error's number, or by the free space where a library hides it."""
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno in FULL
    if type(error).__module__ == "builtins" and not isinstance(error, OSError):
        return False  # a mistake in the code, not a library that could not write
    return shutil.disk_usage(".").free < MIN_FREE


def owner_frame(
    error: BaseException, folders: tuple[str, ...] = OWNER_FOLDERS
) -> traceback.FrameSummary | None:
    """Return the innermost frame of the traceback in one of the owner's folders, or None."""
    places = [Path(folder).resolve() for folder in folders]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if any(Path(frame.filename).resolve().is_relative_to(place) for place in places):
            return frame
    return None


def line(error: BaseException) -> str:
    """Return an error as one line: a LockstepError's own text, else the kind of error and its place.

    The place is the owner's own line, innermost in recipes/, components/ or stages/; else the last one.
    """
    if isinstance(error, LockstepError):
        text = str(error)
    elif is_full(error):
        text = f"the disk is full: {error}; free some space, then `dvc repro` goes on from here"
    elif isinstance(error, OSError):
        text = str(error)
    elif isinstance(error, MemoryError):
        text = "out of memory; lower engine.workers or dataset.partition_rows"
    else:
        frame = owner_frame(error)
        last = frame or traceback.extract_tb(error.__traceback__)[-1]
        file, function = last.filename, ""
        if frame:
            file = Path(file).resolve().relative_to(Path.cwd()).as_posix()
            function = f"{frame.name}(), " if frame.name.isidentifier() else ""
        text = (
            f"{type(error).__name__} in {file}, {function}line {last.lineno}: {error}"
            "; LOCKSTEP_DEBUG=1 shows the way there"
        )
    return terminal_text(" ".join(text.split()))


def run(name: str, main: Callable[[], None]) -> None:
    """Call main; print what it raises as one line `name: text` and exit with status 1.

    What main prints does not control the terminal, though names of columns and files are in it.
    """
    try:
        with contextlib.redirect_stdout(cast(TextIO, TerminalStream(sys.stdout))):
            main()
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        sys.exit(130)
    except Exception as error:
        if os.environ.get("LOCKSTEP_DEBUG") == "1":
            raise
        print(f"{name}: {line(error)}", file=sys.stderr)
        sys.exit(1)
