"""Several files placed as one: all of them or none, also after a kill.

Before the first change the earlier files are copied or moved into a folder, and a record says where each
belongs. While the record is there, the change is unfinished. After an error the earlier files come back at
once; after a kill they come back at the next start of a command that changes the project, `heal` included.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lockstep.core.errors import LockstepError
from lockstep.core.files import atomic_path, remove, write_text
from lockstep.repository.programs import shell

PLACING = Path(".cache/placing")
RECORD = "record.json"


@contextmanager
def all_or_none(
    root: Path, command: str, files: list[str], moved: tuple[str, ...] = ()
) -> Iterator[None]:
    """Bring back what is at the paths if the block does not end.

    Parameters
    ----------
    root : Path
        The project's root.
    command : str
        Name of the command that changes them, for a message.
    files : list of str
        Files, from the root, that the block may write, replace or remove.
    moved : tuple of str
        Folders that the block makes anew: an earlier one is moved away before it.
    """
    paths = [*files, *moved]
    folder = root / PLACING / f"{os.getpid()}"
    remove(folder)
    (folder / "earlier").mkdir(parents=True)
    backups = {path: f"earlier/{number}" for number, path in enumerate(paths)}
    existing = [path for path in paths if os.path.lexists(root / path)]
    record = {"command": command, "backups": backups, "existing": existing}
    write_text(folder / RECORD, json.dumps(record))
    try:
        for path in existing:
            backup = folder / backups[path]
            if path in moved:
                os.replace(root / path, backup)  # in one step: a kill leaves it here or there
            else:
                with atomic_path(backup) as beside:
                    shutil.copy2(root / path, beside)
        yield
    except BaseException:
        bring_back(root, folder)
        raise
    (folder / RECORD).unlink()  # from here on the new files count
    remove(folder)


def bring_back(root: Path, folder: Path) -> str:
    """Bring back the earlier files of one unfinished change; return the command that had made it.

    It may be killed and called again: a backup is moved last, and a file without one is as it was.
    """
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    for path, name in record["backups"].items():
        backup, target = folder / name, root / path
        if os.path.lexists(backup):
            remove(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(backup, target)
        elif path not in record["existing"]:
            remove(target)
        remove(target.with_name(target.name + ".part"))
    unstage(root, [path for path in record["backups"] if path not in record["existing"]])
    remove(folder)
    return str(record["command"])


def unstage(root: Path, paths: list[str]) -> None:
    """Take paths that are gone again out of Git's index, where DVC or Git had staged them."""
    gone = [path for path in paths if not os.path.lexists(root / path)]
    if gone:
        # There may be no repository; where Git's own lock is held, the index shows a file as deleted.
        with contextlib.suppress(LockstepError):
            shell(root, "git", "rm", "-r", "--cached", "--quiet", "--ignore-unmatch", "--", *gone)


def undo_unfinished(root: Path) -> list[str]:
    """Undo the changes that killed processes left unfinished; return a line for each.

    A change of a process that still runs stays.
    """
    import psutil

    lines = []
    for folder in sorted((root / PLACING).glob("*")):
        pid = int(folder.name) if folder.name.isdigit() else None
        if pid not in (None, os.getpid()) and psutil.pid_exists(pid):
            continue
        if (folder / RECORD).is_file():
            command = bring_back(root, folder)
            lines.append(f"a killed `{command}` was undone: its files are as they were before it")
        else:  # killed before it changed anything, or after it was done
            remove(folder)
    return lines
