"""Restore the outputs of the last commit, as far as DVC's remote has them; `dvc repro` builds the rest.

`dvc pull` alone fails where no remote is set, and where one object is missing. A checkout in CI is to go on
in both cases: what cannot be pulled is rebuilt. Credentials that do not work are still an error: otherwise
they would fail only at the push, after an hour of training. What would be written outside of the outputs that
dvc.lock names is refused before anything is written.

Examples:
  python -m lockstep pull
  python -m lockstep pull && dvc repro
"""

import argparse
import subprocess
from pathlib import Path

from lockstep.automation.remote import CONFIG, merged_remote
from lockstep.core.errors import LockstepError
from lockstep.core.files import read_text
from lockstep.core.urls import show_url
from lockstep.repository.dvc_internals import check_listings
from lockstep.repository.dvc_lock import outputs
from lockstep.repository.programs import environment


def default_url(root: Path) -> str | None:
    """Return the URL of the default remote; None where none is set."""
    _, options, _ = merged_remote(root, read_text(root / CONFIG, f"`git checkout HEAD {CONFIG}`"))
    url = options.get("url")
    return None if url is None else str(url)


def absent_outputs(root: Path, lock: str) -> list[str]:
    """Return outputs that dvc.lock names and that are not in the working tree, sorted."""
    return sorted(path for path in outputs(lock) if not (root / path).exists())


def main() -> None:
    """Pull, then print what is missing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args()
    root = Path.cwd()
    url, lock = default_url(root), root / "dvc.lock"
    if url is None:
        print("no remote is set (`python -m lockstep remote`): `dvc repro` builds what is not here")
        return
    if not lock.exists():
        print("dvc.lock is not there, so nothing was built yet: `dvc repro` builds it")
        return
    check_listings(root)
    command = ["dvc", "pull", "--allow-missing"]
    if subprocess.run(command, cwd=root, env=environment(), check=False).returncode:
        raise LockstepError(
            f"`dvc pull` from {show_url(url)} failed, see above; `python -m lockstep remote` tries the remote"
        )
    missing = absent_outputs(root, read_text(lock))
    print(
        f"pulled from {show_url(url)}" + (f"; not there: {', '.join(missing)}" if missing else "")
    )
