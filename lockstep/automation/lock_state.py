"""What to tell of dvc.lock: the stages that it is behind of and why, and what cannot be told."""

from collections.abc import Iterable
from pathlib import Path

from lockstep.automation.stage_freshness import leftovers, reasons
from lockstep.automation.tracked_files import untracked_dependencies
from lockstep.repository.dvc_internals import UNKNOWN, open_repo, stage_records, writers
from lockstep.repository.dvc_internals import StageRecord as Record

LEFT = "`dvc repro` leaves it there, delete it"


def stale(
    now: dict[str, Record], then: dict[str, Record], writers: dict[str, str]
) -> dict[str, list[str]]:
    """The stages for which dvc.lock is not what it would be, with the reasons."""
    found = {}
    for name, record in now.items():
        why = reasons(record, then.get(name), writers)
        if not why and name in then:  # what runs is written anew; what does not, `dvc repro` leaves
            why = [f"{one}; {LEFT}" for one in leftovers(record, then[name])]
        if why:
            found[name] = why
    gone = f"it is in dvc.lock and not in dvc.yaml; {LEFT}"
    return found | {name: [gone] for name in then if name not in now}


def put_off(now: dict[str, Record], then: dict[str, Record], later: Iterable[str]) -> list[str]:
    """Take what may change after a run as unchanged in the records of now; a line for each that did."""
    notes = []
    for path in later:
        for name, record in now.items():
            old = then[name]["deps"].get(path) if name in then else None
            if old and record["deps"].get(path) not in (None, old):
                record["deps"][path] = old
                notes.append(f"{name}: {path} changed since it ran; the next `dvc repro` runs it")
    return notes


def unknown(now: dict[str, Record]) -> list[str]:
    """What cannot be told, in a line."""
    users: dict[str, list[str]] = {}
    for name, record in now.items():
        for path, value in record["deps"].items():
            if value == UNKNOWN:
                users.setdefault(path, []).append(name)
    listed = ", ".join(f"{path} ({', '.join(names)})" for path, names in users.items())
    why = "inside a folder that DVC keeps, which needs `dvc pull`; outside the project; or frozen"
    return [f"cannot be told: {listed}: {why}"] if users else []


def findings(root: Path, later: Iterable[str]) -> tuple[list[str], list[str], int]:
    """A line for each reason why dvc.lock is behind, notes, and the number of stages.

    later names dependencies that may change after a run (the champion's pointer): told as a note.
    Raises LockstepError where DVC cannot read dvc.yaml or dvc.lock.
    """
    with open_repo(root) as repo:
        now, then = stage_records(repo)
        writer_of = writers(repo)
        strange = untracked_dependencies(repo)
    if not then:
        return ["dvc.lock is absent or empty: no stage ran; `dvc repro`, then commit"], [], len(now)
    notes = put_off(now, then, later) + unknown(now)
    lines = [f"{name}: {one}" for name, why in stale(now, then, writer_of).items() for one in why]
    return lines + strange, notes, len(now)
