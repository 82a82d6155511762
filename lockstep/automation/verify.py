"""Rebuild the last commit in a clean clone and compare: identical, equal within tolerance, or different.

Usage: python -m lockstep verify [--tolerance 1e-6] [--keep]

Everything is rebuilt from the raw data, in Git or tracked by DVC; nothing else is taken from the cache.
Identical means that every hash in dvc.lock is the same. Processors differ in the last bits of their
arithmetic, so on another machine hashes may differ while the metrics agree. Exits 1 if a metric differs by
more than the tolerance.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from lockstep.core.errors import LockstepError
from lockstep.core.files import read_json
from lockstep.repository import git
from lockstep.repository.dvc_lock import outputs
from lockstep.repository.programs import environment, shell


def numbers(value: Any, prefix: str = "") -> dict[str, float]:
    """Return every number in a JSON value, by its path."""
    if isinstance(value, dict):
        pairs = [(f"{prefix}.{key}" if prefix else key, item) for key, item in value.items()]
    elif isinstance(value, list):
        pairs = [(f"{prefix}[{index}]", item) for index, item in enumerate(value)]
    else:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return {prefix: float(value)} if is_number else {}
    return {path: number for key, item in pairs for path, number in numbers(item, key).items()}


def differences(before: dict[str, float], after: dict[str, float], tolerance: float) -> list[str]:
    """Return a line for each number that differs or is missing.

    Parameters
    ----------
    before, after : dict
        Numbers by their path.
    tolerance : float
        Largest difference that counts as none, relative to the larger of the two.
    """
    lines = [f"{name} is in one of the two only" for name in sorted(before.keys() ^ after.keys())]
    for name in sorted(before.keys() & after.keys()):
        old, new = before[name], after[name]
        if abs(old - new) > tolerance * max(abs(old), abs(new)):
            lines.append(f"{name} was {old:.10g} and is {new:.10g}")
    return lines


def compare(before: Path, after: Path, tolerance: float) -> tuple[str, list[str]]:
    """Compare two built checkouts.

    Parameters
    ----------
    before, after : Path
        Their roots.
    tolerance : float
        Largest relative difference between metrics that counts as none.

    Returns
    -------
    tuple
        The verdict (identical, equal within the tolerance, or different), and lines on the differences.
    """
    old_hashes = outputs((before / "dvc.lock").read_text(encoding="utf-8"))
    new_hashes = outputs((after / "dvc.lock").read_text(encoding="utf-8"))
    paths = sorted(old_hashes.keys() | new_hashes.keys())
    changed = [path for path in paths if old_hashes.get(path) != new_hashes.get(path)]
    if not changed:
        return "identical", []
    lines = []
    for file in sorted((before / "metrics").glob("*.json")):
        old, new = numbers(read_json(file)), numbers(read_json(after / "metrics" / file.name))
        lines += [f"metrics/{file.name}: {line}" for line in differences(old, new, tolerance)]
    if lines:
        return "different", lines
    return f"equal within {tolerance:g}", [f"{path}: another hash" for path in changed]


def copy_raw(root: Path, clone: Path) -> None:
    """Copy the raw files that DVC tracks from this checkout's cache; the clone keeps a cache of its own.

    Raises LockstepError where they are not in the cache.
    """
    tracked = shell(clone, "git", "ls-files", "--", "data/raw/*.dvc").split("\n")
    pointers = [name for name in tracked if name]
    if not pointers:
        return
    cache = shell(root, "dvc", "cache", "dir").strip()
    shell(clone, "dvc", "config", "--local", "cache.dir", cache)
    try:
        shell(clone, "dvc", "checkout", "--quiet", *pointers)
    except LockstepError as error:
        raise LockstepError(f"{error}; `dvc pull` brings raw files into the cache") from error
    shell(clone, "dvc", "config", "--local", "--unset", "cache.dir")


def verify(root: Path, folder: Path, tolerance: float) -> tuple[str, list[str]]:
    """Clone the last commit twice into the folder, rebuild one of the two, and compare.

    Parameters
    ----------
    root : Path
        The project's root.
    folder : Path
        An empty folder, where the clones are made.
    tolerance : float
        Largest relative difference between metrics that counts as none.

    Returns
    -------
    tuple
        What `compare` returns.

    Raises
    ------
    LockstepError
        If the rebuild fails.
    """
    before = git.clone(root, folder / "before", "--no-hardlinks")
    after = git.clone(root, folder / "after", "--no-hardlinks")
    print(f"rebuilding {shell(before, 'git', 'log', '-1', '--format=%h %s').strip()} in {after}")
    copy_raw(root, after)
    # DVC's own cache beside the clone: left to itself it takes a folder that is writable for everyone.
    variables = environment(DVC_SITE_CACHE_DIR=str(folder / "site"))
    command = ["dvc", "repro", "--force"]
    done = subprocess.run(command, cwd=after, env=variables, stdout=sys.stderr, check=False)
    if done.returncode:
        raise LockstepError(f"`dvc repro` failed in {after}, see above; the folder is kept")
    return compare(before, after, tolerance)


def main() -> None:
    """Verify, print the verdict and the differences."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tolerance", type=float, default=1e-6, help="relative, of the metrics")
    parser.add_argument("--keep", action="store_true", help="keep the rebuilt clone")
    arguments = parser.parse_args()
    root = Path.cwd()
    if git.changed_files(root, with_new=True):
        print("uncommitted changes are left out: the last commit is verified")
    folder = Path(tempfile.mkdtemp(prefix="verify-"))
    verdict, lines = verify(root, folder, arguments.tolerance)
    print(verdict)
    for line in lines:
        print(f"  {line}")
    if arguments.keep:
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder)
    sys.exit(verdict == "different")
