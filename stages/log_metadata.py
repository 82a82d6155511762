"""Lineage, model card and run record.

Reads models/registered/; writes metrics/lineage.json, reports/model_card.md, and the volatile
reports/run.json, which nothing depends on.
"""

import datetime
import os
import platform
from pathlib import Path
from typing import Any

from lockstep.core.errors import LockstepError
from lockstep.core.files import read_json, read_text, write_json, write_text
from lockstep.core.stage import COSTS, run
from lockstep.repository.programs import shell

REGISTERED = Path("models/registered")


def git(*arguments: str) -> str | None:
    """Return what a Git command prints; None where there is no repository or no Git."""
    try:
        return shell(Path(), "git", *arguments).strip()
    except (OSError, LockstepError):
        return None


def volatile_facts() -> dict[str, Any]:
    """Return what differs between two runs of the same thing: when, where, at which cost."""
    return {
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "commit": git("rev-parse", "HEAD"),
        "uncommitted": (git("status", "--porcelain", "--untracked-files=no") or "").splitlines(),
        "host": platform.node(),
        "platform": platform.platform(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "stages": {  # each as it last ran here
            path.stem: read_json(path) for path in sorted(COSTS.glob("*.json"))
        },
    }


def main() -> None:
    """Copy lineage and card to where they are read; write the run record."""
    write_json(Path("metrics/lineage.json"), read_json(REGISTERED / "lineage.json"))
    card = read_text(REGISTERED / "README.md")
    write_text(Path("reports/model_card.md"), card)
    write_json(Path("reports/run.json"), volatile_facts())


if __name__ == "__main__":
    run("log_metadata", main)
