"""Bring back what a kill or a full disk left broken: files placed by halves, DVC's lock file, dvc.lock.

`make repro` runs it first. DVC writes two files in place: a kill or a full disk may leave .dvc/tmp/rwlock
empty or dvc.lock cut, and then no later `dvc repro` starts. A dvc.lock that is cut is taken from the last
commit; what ran since then comes back from DVC's run cache, without computing it again.

Examples:
  python -m lockstep heal
  python -m lockstep heal && dvc repro
"""

import argparse
import json
from pathlib import Path
from typing import Any

from lockstep.core.errors import LockstepError
from lockstep.core.files import write_text
from lockstep.repository.git import file_at
from lockstep.repository.placing import undo_unfinished

RWLOCK, DVC_LOCK = Path(".dvc/tmp/rwlock"), Path("dvc.lock")


def is_json(path: Path) -> bool:
    """Return whether a file holds a JSON object."""
    try:
        return isinstance(json.loads(path.read_text(encoding="utf-8")), dict)
    except ValueError:
        return False


def heal_rwlock(root: Path) -> list[str]:
    """Remove DVC's list of who reads and writes what, where it is cut and no process is about to write it."""
    from zc.lockfile import LockError, LockFile

    path = root / RWLOCK
    if not path.is_file() or is_json(path):
        return []
    try:
        guard = LockFile(
            str(path.with_name("rwlock.lock"))
        )  # DVC holds it while it writes the file
    except LockError:
        return []
    try:
        if is_json(path):
            return []
        path.unlink()
    finally:
        guard.close()
    return [f"{RWLOCK.as_posix()} was cut and is removed: no process held it"]


def is_whole(text: str) -> bool:
    """Return whether the text of dvc.lock is one that DVC reads, down to its last line."""
    import yaml

    try:
        document: Any = yaml.safe_load(text)
    except yaml.YAMLError:
        return False
    if not isinstance(document, dict) or not isinstance(document.get("stages"), dict):
        return False
    return text.endswith("\n") and all(
        isinstance(stage, dict)
        and "cmd" in stage
        and all(isinstance(entry, dict) and "path" in entry for entry in listed_entries(stage))
        for stage in document["stages"].values()
    )


def listed_entries(stage: dict[str, Any]) -> list[Any]:
    """Return the dependencies and outputs of a stage of dvc.lock."""
    return [entry for kind in ("deps", "outs") for entry in stage.get(kind, [])]


def heal_dvc_lock(root: Path) -> list[str]:
    """Put the last commit's dvc.lock in the place of one that is cut; remove it where there is none."""
    path = root / DVC_LOCK
    if not path.is_file() or is_whole(path.read_bytes().decode("utf-8", errors="replace")):
        return []
    try:
        write_text(path, file_at(root, "HEAD", "dvc.lock"))
        return [
            "dvc.lock was cut and is the last commit's again; `dvc repro` takes the rest from its cache"
        ]
    except LockstepError:
        path.unlink()
        return [
            "dvc.lock was cut and is removed, since no commit has it; `dvc repro` writes it anew"
        ]


def heal(root: Path) -> list[str]:
    """Heal what is broken; return a line for each."""
    return [*undo_unfinished(root), *heal_rwlock(root), *heal_dvc_lock(root)]


def main() -> None:
    """Heal, and say what was broken; nothing where nothing was."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    for line in heal(Path.cwd()):
        print(f"heal: {line}")
