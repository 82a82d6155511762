"""What an unfinished retraining leaves, so that the next one goes on: one small file, which Git ignores."""

import json
from pathlib import Path

from pipeline.stage.files import write_json

STATE = Path(".cache/retrain/state.json")
RUNNING, TOLD = "running", "told"  # told: its results are in the work tree, for a person to commit


def phase(root: Path) -> str | None:
    """Where the last retraining stopped; None if it came to its end."""
    try:
        found = json.loads((root / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(found.get("phase")) if isinstance(found, dict) else None


def note(root: Path, phase: str | None) -> None:
    """Remember a phase; None forgets it."""
    if phase is None:
        (root / STATE).unlink(missing_ok=True)
    else:
        write_json(root / STATE, {"phase": phase})
