"""Check what Git has: dvc.lock is current, params.yaml is what conf/ gives, nothing lies there in error.

It runs no stage and needs no data, so a fresh clone gives the same answer. Each finding is a line that names
the stage or the file; exit status 1 if there is one. docs/check.md lists what is checked.

Examples:
  python -m lockstep check                   # the working tree
  python -m lockstep check --staged          # what `git commit` would take; all but dvc.lock
  python -m lockstep check --commit main     # a commit, as a clone of it has it
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from lockstep.automation import dependencies, lock_state, tracked_contents, tracked_files
from lockstep.composition.compose import SCHEMA, compose, digest, own_words
from lockstep.composition.conf_files import ABSENT, differences, dotted
from lockstep.core.errors import LockstepError
from lockstep.registry.versions import POINTER
from lockstep.repository.dvc_internals import cache_dir
from lockstep.repository.programs import environment, shell

PARAMS = "params.yaml"
COMPOSED = re.compile(rf"conf/.*|{PARAMS}|{re.escape(SCHEMA.as_posix())}")
MOST = 3  # parameters named
# Git sets these for a hook; in a clone they would lead back.
OF_A_HOOK = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_COMMON_DIR")

Found = tuple[list[str], list[str], str]  # findings, notes, and what to say if there is no finding


def composition(root: Path) -> list[str]:
    """Where params.yaml is not what conf/ composes to; nothing before the first run."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    if not (root / PARAMS).exists():
        there = (root / "dvc.lock").exists()
        return [f"{PARAMS} is absent; `dvc repro compose`, then commit it"] if there else []
    try:
        given: Any = OmegaConf.to_container(OmegaConf.load(root / PARAMS))
        current = given.pop("conf_digest", None) == digest(root)
    except (YAMLError, OmegaConfBaseException, UnicodeDecodeError, AttributeError):
        return [f"{PARAMS} is damaged; `git checkout HEAD {PARAMS}`, or `dvc repro compose`"]
    if not current:
        return [
            f"{PARAMS} was not composed from conf/ as it is; `dvc repro`, then commit {PARAMS} too"
        ]
    try:
        wanted: Any = OmegaConf.to_container(compose(root=root))
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        return [f"conf/ does not compose: {own_words(error)}"]
    wanted.pop("conf_digest")
    apart = differences(wanted, given)
    if not apart:
        return []
    words = [f"{dotted(key)} {'absent' if value is ABSENT else repr(value)}"
             for key, value in list(apart.items())[:MOST]]  # fmt: skip
    words += [f"{len(apart) - MOST} more"] if len(apart) > MOST else []
    return [
        f"{PARAMS} differs from what conf/ composes to ({', '.join(words)}); "
        "`python -m lockstep save-params` writes it into conf/, "
        f"`git checkout HEAD {PARAMS}` drops it"
    ]


def working(root: Path) -> Found:
    """The working tree: dvc.lock, parameters, files."""
    names = tracked_files.working(root)
    stale, notes, stages = lock_state.findings(root, later=[POINTER.as_posix()])
    found = stale + composition(root) + dependencies.findings(root)
    found += tracked_contents.findings(root, names)
    return (
        found,
        notes,
        f"dvc.lock is current ({stages} stages), {len(names)} files in Git are in order",
    )


def index(root: Path) -> Found:
    """What `git commit` would take: parameters, files."""
    names = tracked_files.staged(root)
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        read = [
            name for name in names if tracked_contents.is_read(name) or COMPOSED.fullmatch(name)
        ]
        tracked_files.export(root, read, Path(folder))
        found = composition(Path(folder)) + tracked_contents.findings(Path(folder), names)
    return found, [], f"{len(names)} staged files are in order"


def commit(root: Path, revision: str) -> int:
    """Run the check of a commit in a clone of it, as a reviewer would; DVC's cache is that of this one.

    Returns its exit status. Raises LockstepError where there is no such commit.
    """
    wanted = shell(root, "git", "rev-parse", "--verify", f"{revision}^{{commit}}").strip()
    cache = cache_dir(root)
    for name in OF_A_HOOK:
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        clone = Path(folder) / "clone"
        made = ("git", "clone", "--quiet", "--shared", "--no-checkout", str(root), str(clone))
        shell(root, *made)
        shell(clone, "git", "checkout", "--quiet", "--detach", wanted)
        if not (clone / "lockstep/automation/check.py").exists():
            print(f"{revision} has no lockstep/automation/check.py; it is not checked")
            return 0
        local = f'[cache]\n    dir = "{cache}"\n'
        (clone / ".dvc/config.local").write_text(local, encoding="utf-8")
        command = [sys.executable, "-m", "lockstep", "check"]
        variables = environment(DVC_SITE_CACHE_DIR=str(Path(folder) / "site"))
        return subprocess.run(command, cwd=clone, env=variables, check=False).returncode


def main() -> None:
    """Look, tell, and fail if there is something."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--staged", action="store_true", help="what `git commit` would take")
    which.add_argument("--commit", metavar="REVISION", help="a commit, in a clone of it")
    which.add_argument(
        "--locks",
        action="store_true",
        help="only whether the locks hold what pyproject.toml asks for",
    )
    given, root = parser.parse_args(), Path.cwd()
    if given.locks:
        for line in dependencies.findings(root):
            print(f"note: {line}")
        return
    if given.commit is not None:
        sys.exit(commit(root, given.commit))
    found, notes, fresh = index(root) if given.staged else working(root)
    for line in found:
        print(line)
    for line in notes:
        print(f"note: {line}")
    if found:
        many = "1 finding" if len(found) == 1 else f"{len(found)} findings"
        raise LockstepError(f"{many}; docs/check.md says what to do for each")
    print(fresh)
