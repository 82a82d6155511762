"""Rebuild the last commit in a clean clone and compare: identical, equal within tolerance, or different.

Usage: python -m lockstep verify [--tolerance 1e-6] [--keep]

Everything is rebuilt from the raw data, in Git or tracked by DVC; nothing else is taken from the cache.
Identical means that every hash in dvc.lock came out the same. Processors differ in the last bits of their
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
from lockstep.repository.dvc_lock import outputs
from lockstep.repository.programs import environment, shell


def numbers(value: Any, where: str = "") -> dict[str, float]:
    """Every number in a JSON value, by its path."""
    if isinstance(value, dict):
        pairs = [(f"{where}.{key}" if where else key, item) for key, item in value.items()]
    elif isinstance(value, list):
        pairs = [(f"{where}[{place}]", item) for place, item in enumerate(value)]
    else:
        known = isinstance(value, int | float) and not isinstance(value, bool)
        return {where: float(value)} if known else {}
    return {path: number for key, item in pairs for path, number in numbers(item, key).items()}


def apart(ours: dict[str, float], theirs: dict[str, float], tolerance: float) -> list[str]:
    """What differs by more than the tolerance, relative to the larger of the two, or is missing."""
    found = [f"{name} is in one of the two only" for name in sorted(ours.keys() ^ theirs.keys())]
    for name in sorted(ours.keys() & theirs.keys()):
        one, other = ours[name], theirs[name]
        if abs(one - other) > tolerance * max(abs(one), abs(other)):
            found.append(f"{name} was {one:.10g} and is {other:.10g}")
    return found


def compare(before: Path, after: Path, tolerance: float) -> tuple[str, list[str]]:
    """The verdict on two built checkouts, and where they differ."""
    ours, theirs = (
        outputs((root / "dvc.lock").read_text(encoding="utf-8")) for root in (before, after)
    )
    changed = [path for path in sorted(ours.keys() | theirs.keys())
               if ours.get(path) != theirs.get(path)]  # fmt: skip
    if not changed:
        return "identical", []
    far = []
    for file in sorted((before / "metrics").glob("*.json")):
        one, other = (numbers(read_json(root / "metrics" / file.name)) for root in (before, after))
        far += [f"metrics/{file.name}: {text}" for text in apart(one, other, tolerance)]
    if far:
        return "different", far
    return f"equal within {tolerance:g}", [f"{path}: another hash" for path in changed]


def bring_raw(root: Path, clone: Path) -> None:
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
    """Clone the last commit twice into the folder, rebuild one of the two, and compare."""
    before, after = folder / "before", folder / "after"
    for clone in (before, after):
        shell(root, "git", "clone", "--quiet", "--no-hardlinks", str(root), str(clone))
    print(f"rebuilding {shell(before, 'git', 'log', '-1', '--format=%h %s').strip()} in {after}")
    bring_raw(root, after)
    # DVC's own cache beside the clone: left to itself it takes a folder that is writable for everyone.
    variables = environment(DVC_SITE_CACHE_DIR=str(folder / "site"))
    command = ["dvc", "repro", "--force"]
    done = subprocess.run(command, cwd=after, env=variables, stdout=sys.stderr, check=False)
    if done.returncode:
        raise LockstepError(f"`dvc repro` failed in {after}, see above; the folder is kept")
    return compare(before, after, tolerance)


def main() -> None:
    """Verify and say what came of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tolerance", type=float, default=1e-6, help="relative, of the metrics")
    parser.add_argument("--keep", action="store_true", help="keep the rebuilt clone")
    given = parser.parse_args()
    root = Path.cwd()
    if shell(root, "git", "status", "--porcelain").strip():
        print("uncommitted changes are left out: the last commit is verified")
    folder = Path(tempfile.mkdtemp(prefix="verify-"))
    verdict, where = verify(root, folder, given.tolerance)
    print(verdict)
    for text in where:
        print(f"  {text}")
    if given.keep:
        print(f"kept: {folder}")
    else:
        shutil.rmtree(folder)
    sys.exit(verdict == "different")
