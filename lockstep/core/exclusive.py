"""One process at a time for one thing: the second is told who is at work, and changes nothing."""

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lockstep.core.errors import LockstepError

LOCKS = Path(".cache/locks")


class BusyError(LockstepError):
    """Another process works on the same thing."""


def holder(path: Path) -> str:
    """Return who holds a lock, as text for a person; it may have just ended."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        since = time.strftime("%H:%M:%S", time.localtime(record["since"]))
        return f"`{record['command']}` (process {record['pid']}, since {since})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another command"


@contextmanager
def exclusive(root: Path, thing: str) -> Iterator[None]:
    """Hold the lock of a thing, such as `conf`; the operating system frees it when a process is killed.

    Parameters
    ----------
    root : Path
        The project's root.
    thing : str
        What only one process may change at a time: a plain word.

    Raises
    ------
    BusyError
        It names the command that holds the lock.
    """
    from filelock import FileLock, Timeout

    folder = root / LOCKS
    folder.mkdir(parents=True, exist_ok=True)
    about = folder / f"{thing}.json"
    try:
        with FileLock(folder / f"{thing}.lock", timeout=0):
            record = {"pid": os.getpid(), "command": sys.argv[0], "since": time.time()}
            about.write_text(json.dumps(record), encoding="utf-8")
            try:
                yield
            finally:
                about.unlink(missing_ok=True)
    except Timeout as error:
        raise BusyError(
            f"{holder(about)} is at work on {thing} here; wait for it, then try again. Nothing was changed"
        ) from error
