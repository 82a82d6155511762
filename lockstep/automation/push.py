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
from typing import TYPE_CHECKING

from lockstep.core.errors import DataError, LockstepError
from lockstep.registry import versions
from lockstep.repository.programs import environment

if TYPE_CHECKING:
    from dvc.repo import Repo


def push_runs(repo: "Repo") -> int:
    """Push the records of all runs and what they wrote, metrics in Git included; how many runs."""
    runs = repo.stage_cache.push(None)
    for remote, hashes in repo.stage_cache.get_used_objs(runs).items():
        repo.cloud.push(hashes, odb=remote)
    return len(runs)


def push_versions(repo: "Repo", root: Path) -> list[str]:
    """Push every version's bundle that the cache holds; the versions that are on the remote then.

    Raises DataError that names those that are on neither side.
    """
    from dvc_data.hashfile.hash_info import HashInfo
    from dvc_data.hashfile.tree import Tree

    entries = [versions.registered(version, root) for version in versions.versions(root)]
    if not entries:
        return []
    remote, cache = repo.cloud.get_remote_odb(), repo.cache.local
    wanted = set()
    for folder in {HashInfo("md5", entry["bundle"]) for entry in entries}:
        if Path(cache.oid_to_path(folder.value)).is_file():
            wanted |= {folder, *(one for _, _, one in Tree.load(cache, folder))}
    repo.cloud.push(wanted)
    lost = [entry["version"] for entry in entries if not remote.exists(entry["bundle"])]
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
    from dvc.repo import Repo

    with Repo(str(root)) as repo:
        if given.run_cache:
            print(f"on the remote: {push_runs(repo)} runs")
        if versions := push_versions(repo, root):
            print(f"on the remote: {', '.join(versions)}")
