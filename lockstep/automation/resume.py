"""What an unfinished retraining leaves, so that the next one goes on: one small file, which Git ignores."""

import json
from pathlib import Path
from typing import Any

from lockstep.core.files import write_json

STATE = Path(".cache/retrain/state.json")
# running: it was stopped before its commit. committed: after it, so only the promotion and the push are
# left. told: its results are in the work tree, for a person to commit.
RUNNING, COMMITTED, TOLD = "running", "committed", "told"
Record = dict[str, Any]


def left(root: Path) -> tuple[str | None, Record]:
    """Where the last retraining stopped, and its record so far; None if it came to its end."""
    try:
        found = json.loads((root / STATE).read_text(encoding="utf-8"))
        return str(found["phase"]), dict(found["record"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, {}


def note(root: Path, phase: str | None, record: Record | None = None) -> None:
    """Remember a phase and the record so far; None forgets them."""
    if phase is None:
        (root / STATE).unlink(missing_ok=True)
    else:
        write_json(root / STATE, {"phase": phase, "record": record or {}})
