"""Lineage, model card and run record.

Reads models/registered/; writes metrics/lineage.json, reports/model_card.md, and the volatile
reports/run.json, which nothing depends on.
"""

import datetime
import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from lockstep.core.files import read_json, read_text, write_json, write_text
from lockstep.core.stage import COSTS, run

REGISTERED = Path("models/registered")


def git(*words: str) -> str | None:
    """What a Git command prints; None where there is no repository or no Git."""
    try:
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def volatile() -> dict[str, Any]:
    """What differs between two runs of the same thing: when, where, at which cost."""
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
    """Write the three."""
    write_json(Path("metrics/lineage.json"), read_json(REGISTERED / "lineage.json"))
    card = read_text(REGISTERED / "README.md")
    write_text(Path("reports/model_card.md"), card)
    write_json(Path("reports/run.json"), volatile())


if __name__ == "__main__":
    run("log_metadata", main)
