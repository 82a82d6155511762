"""Compare dvc.lock with the working tree: the stages that are stale and why, and what cannot be known."""

from collections.abc import Iterable
from pathlib import Path

from lockstep.automation.stage_freshness import leftovers, stale_reasons
from lockstep.automation.tracked_files import untracked_dependencies
from lockstep.repository.dvc_internals import (
    UNKNOWN,
    StageRecord,
    open_repo,
    stage_records,
    writers,
)

LEFT_THERE = "`dvc repro` leaves it there, delete it"


def stale_stages(
    current: dict[str, StageRecord], locked: dict[str, StageRecord], writers: dict[str, str]
) -> dict[str, list[str]]:
    """Return the stages for which dvc.lock is not what it would be, with the reasons.

    Parameters
    ----------
    current, locked : dict
        Records by stage: of the working tree and of dvc.lock.
    writers : dict
        By path, the stage whose recorded output it is.
    """
    reasons_by_stage = {}
    for stage, record in current.items():
        reasons = stale_reasons(record, locked.get(stage), writers)
        if not reasons and stage in locked:  # a stage that runs is written anew, its leftovers go
            reasons = [f"{line}; {LEFT_THERE}" for line in leftovers(record, locked[stage])]
        if reasons:
            reasons_by_stage[stage] = reasons
    removed = f"it is in dvc.lock and not in dvc.yaml; {LEFT_THERE}"
    return reasons_by_stage | {stage: [removed] for stage in locked if stage not in current}


def defer(
    current: dict[str, StageRecord], locked: dict[str, StageRecord], later: Iterable[str]
) -> list[str]:
    """Reset dependencies that may change after a run to their locked hash; return a line for each.

    Parameters
    ----------
    current : dict
        Records by stage of the working tree; changed in place.
    locked : dict
        Records by stage of dvc.lock.
    later : iterable of str
        The dependencies that may change.
    """
    notes = []
    for path in later:
        for stage, record in current.items():
            locked_hash = locked[stage]["deps"].get(path) if stage in locked else None
            if locked_hash and record["deps"].get(path) not in (None, locked_hash):
                record["deps"][path] = locked_hash
                notes.append(f"{stage}: {path} changed since it ran; the next `dvc repro` runs it")
    return notes


def unknown_dependencies(current: dict[str, StageRecord]) -> list[str]:
    """Return the dependencies whose hash is not known, in one line; no line if all are."""
    users: dict[str, list[str]] = {}
    for stage, record in current.items():
        for path, value in record["deps"].items():
            if value == UNKNOWN:
                users.setdefault(path, []).append(stage)
    listed = ", ".join(f"{path} ({', '.join(stages)})" for path, stages in users.items())
    reason = (
        "inside a folder that DVC keeps, which needs `dvc pull`; outside the project; or frozen"
    )
    return [f"cannot be told: {listed}: {reason}"] if users else []


def findings(root: Path, later: Iterable[str]) -> tuple[list[str], list[str], int]:
    """Return a line for each reason why dvc.lock is behind, notes, and the number of stages.

    later names dependencies that may change after a run (the champion's pointer): a change of theirs is
    a note. Raises LockstepError where DVC cannot read dvc.yaml or dvc.lock.
    """
    with open_repo(root) as repo:
        current, locked = stage_records(repo)
        writer_of = writers(repo)
        untracked = untracked_dependencies(repo)
    if not locked:
        lines = ["dvc.lock is absent or empty: no stage ran; `dvc repro`, then commit"]
        return lines, [], len(current)
    notes = defer(current, locked, later) + unknown_dependencies(current)
    reasons_by_stage = stale_stages(current, locked, writer_of)
    lines = [
        f"{stage}: {reason}" for stage, reasons in reasons_by_stage.items() for reason in reasons
    ]
    return lines + untracked, notes, len(current)
