"""Share what was built: `dvc push`, and the bundle of every version that a Git tag names.

`dvc push` takes what the working tree's dvc.lock names. Its --all-tags takes each tag's own .dvc/config
with it: a version that is older than the remote goes nowhere, or to the remote of that time. So the bundles
are pushed by their hash, to the remote of today.

Example:
  python -m commands.push
"""

import subprocess
from pathlib import Path

from pipeline import registry
from pipeline.shell import environment
from pipeline.stage.errors import DataError, LockstepError, run


def push_versions(root: Path) -> list[str]:
    """Push every version's bundle that the cache holds; the versions that are on the remote then.

    Raises DataError that names those that are on neither side.
    """
    from dvc.repo import Repo
    from dvc_data.hashfile.hash_info import HashInfo

    entries = [registry.registered(version, root) for version in registry.versions(root)]
    if not entries:
        return []
    with Repo(str(root)) as repo:
        remote, cache = repo.cloud.get_remote_odb(), repo.cache.local
        here = {e["bundle"] for e in entries if Path(cache.oid_to_path(e["bundle"])).is_file()}
        repo.cloud.push([HashInfo("md5", one) for one in sorted(here)])
        lost = [e["version"] for e in entries if not remote.exists(e["bundle"])]
    if lost:
        raise DataError(
            f"the bundle of {', '.join(lost)} is neither in DVC's cache nor on the remote; push it from "
            "where it was built"
        )
    return [entry["version"] for entry in entries]


def main() -> None:
    """DVC's own push, then the versions."""
    root = Path.cwd()
    if subprocess.run(["dvc", "push"], cwd=root, env=environment(), check=False).returncode:
        raise LockstepError("`dvc push` failed; `python -m commands.remote` tries the remote")
    versions = push_versions(root)
    if versions:
        print(f"on the remote: {', '.join(versions)}")


if __name__ == "__main__":
    run("push", main)
