"""Share what was built: `dvc push`, then what it leaves out.

The bundle of every version that a Git tag names: `dvc push --all-tags` takes each tag's own .dvc/config with
it, so a version that is older than the remote goes nowhere, or to the remote of that time. Here bundles go by
their hash to the remote of today. With --run-cache also every run that DVC keeps, and what it wrote; DVC's
own pushes the records alone. Elsewhere `dvc repro --pull` then restores these instead of running.

Examples:
  python -m lockstep push
  python -m lockstep push --run-cache
"""

import argparse
import subprocess
from pathlib import Path

from lockstep.core.errors import DataError, LockstepError
from lockstep.registry import versions
from lockstep.repository.dvc_internals import push_folders, push_runs
from lockstep.repository.programs import environment


def push_versions(root: Path) -> list[str]:
    """Push every version's bundle that the cache holds; return the versions that are on the remote then.

    Raises DataError that names those that are on neither side.
    """
    entries = [versions.registered(version, root) for version in versions.versions(root)]
    if not entries:
        return []
    lost_hashes = push_folders(root, [entry["bundle"] for entry in entries])
    lost = [entry["version"] for entry in entries if entry["bundle"] in lost_hashes]
    if lost:
        raise DataError(
            f"the bundle of {', '.join(lost)} is neither in DVC's cache nor on the remote; push it from "
            "where it was built"
        )
    return [entry["version"] for entry in entries]


def main() -> None:
    """DVC's own push, then the rest."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run-cache", action="store_true", help="all runs and what they wrote too")
    given, root = parser.parse_args(), Path.cwd()
    if subprocess.run(["dvc", "push"], cwd=root, env=environment(), check=False).returncode:
        raise LockstepError("`dvc push` failed; `python -m lockstep remote` tries the remote")
    if given.run_cache:
        print(f"on the remote: {push_runs(root)} runs")
    if pushed := push_versions(root):
        print(f"on the remote: {', '.join(pushed)}")
