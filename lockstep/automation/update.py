"""Take over the template's newest version, merged with what was edited here; then say what to type next.

The merge is cruft's: what changed in the template since the commit in .cruft.json is applied to this project.
It needs a clean Git state, so that `git reset --hard` undoes it.

Examples:
  python -m lockstep update --check
  python -m lockstep update
"""

import argparse
import shutil
import subprocess
from pathlib import Path

from lockstep.automation import dependencies
from lockstep.core.errors import ConfigError, LockstepError
from lockstep.repository.git import changed_files
from lockstep.repository.programs import shell

RECORD = Path(".cruft.json")
RUNNERS = {"cruft": ["cruft"], "uvx": ["uvx", "cruft"], "pipx": ["pipx", "run", "cruft"]}


def cruft_command() -> list[str]:
    """Return how cruft is run here. Raises LockstepError where nothing that runs it is installed."""
    for program, command in RUNNERS.items():
        if shutil.which(program):
            return command
    raise LockstepError("cruft is needed for an update: install it with `pipx install cruft`")


def require_ready(root: Path) -> None:
    """Raise an error where the project does not know its template, or has changes that are not committed."""
    if not (root / RECORD).is_file():
        raise ConfigError(
            f"{RECORD} is not there: this project does not know its template; once type `cruft link "
            "TEMPLATE --checkout COMMIT`, with the commit of `python -m lockstep version`"
        )
    changed = changed_files(root, with_new=True)
    if changed:
        raise LockstepError(f"{changed[0]} is not committed; commit it first, or undo it")


def conflicts(root: Path) -> list[str]:
    """Return the files with a conflict, and those with changes that had no place, sorted."""
    unmerged = shell(
        root, "git", "diff", "--name-only", "--relative", "--diff-filter=U"
    ).splitlines()
    untracked = shell(root, "git", "ls-files", "--others", "--exclude-standard").splitlines()
    return sorted({*unmerged, *(name for name in untracked if name.endswith(".rej"))})


def next_steps(root: Path) -> list[str]:
    """Return what to do after the merge, a line each."""
    conflicting = conflicts(root)
    unmet = [] if "pyproject.toml" in conflicting else dependencies.findings(root)
    relock = ["make lock                 # the dependencies changed (needs uv)"] if unmet else []
    steps = [
        "git diff HEAD             # what changed",
        *relock,
        "dvc repro && make test    # rebuild what the changes affect, and test it",
        "git add --all && git commit -m 'Update from the template'",
    ]
    return [
        *(f"conflict: {name} (docs/update.md)" for name in conflicting),
        *unmet,
        "next:",
        *(f"    {step}" for step in steps),
    ]


def main() -> None:
    """Update, and name the conflicts and the next commands."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="only say whether there is a newer version"
    )
    arguments = parser.parse_args()
    root, cruft = Path.cwd(), cruft_command()
    require_ready(root)
    command = [*cruft, "check"] if arguments.check else [*cruft, "update", "--skip-apply-ask"]
    status = subprocess.run(command, cwd=root, check=False).returncode
    if arguments.check:
        raise SystemExit(status)
    if status:
        raise LockstepError(
            f"`{' '.join(command)}` failed, see above; `git status` shows what it did"
        )
    if changed_files(root, with_new=True):
        print("\n".join(next_steps(root)))
