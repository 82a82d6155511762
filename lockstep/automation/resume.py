"""The state of an unfinished retraining, so that the next one goes on: one small file, which Git ignores."""

import json
from pathlib import Path
from typing import Any

from lockstep.core.files import write_json

STATE = Path(".cache/retrain/state.json")
# running: it was stopped before its commit. committed: after it, so only the promotion and the push are
# left. told: its results are in the work tree, for a person to commit.
RUNNING, COMMITTED, TOLD = "running", "committed", "told"
Record = dict[str, Any]


def load_state(root: Path) -> tuple[str | None, Record]:
    """Return the phase in which the last retraining stopped, None if it ended, and its record so far."""
    try:
        state = json.loads((root / STATE).read_text(encoding="utf-8"))
        return str(state["phase"]), dict(state["record"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, {}


def save_state(root: Path, phase: str | None, record: Record | None = None) -> None:
    """Save a phase and the record so far; None removes them.

    Parameters
    ----------
    root : Path
        The project's root.
    phase : str or None
        RUNNING, COMMITTED or TOLD.
    record : dict, optional
        What the retraining did so far.
    """
    if phase is None:
        (root / STATE).unlink(missing_ok=True)
    else:
        write_json(root / STATE, {"phase": phase, "record": record or {}})
