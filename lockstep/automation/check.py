"""Check the files in Git: dvc.lock is current, params.yaml is what conf/ gives, no file is there by mistake.

It runs no stage and needs no data, so a fresh clone gives the same result. Each finding is a line that names
the stage or the file; exit status 1 if there is any. docs/check.md lists the checks.

Examples:
  python -m lockstep check                   # the working tree
  python -m lockstep check --staged          # what `git commit` would commit; all but dvc.lock
  python -m lockstep check --commit main     # a commit, in a clone of it
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from omegaconf import OmegaConf

from lockstep.automation import dependencies, lock_state, tracked_contents, tracked_files
from lockstep.composition.compose import SCHEMA, compose, digest, error_message
from lockstep.composition.conf_files import ABSENT, differences, dotted
from lockstep.core.errors import LockstepError
from lockstep.registry.versions import POINTER
from lockstep.repository import git
from lockstep.repository.dvc_internals import cache_dir
from lockstep.repository.programs import environment, shell

PARAMS = "params.yaml"
COMPOSED = re.compile(rf"conf/.*|{PARAMS}|{re.escape(SCHEMA.as_posix())}")
MAX_PARAMETERS = 3  # named in a line
# Git sets these for a hook; in a clone they would lead back.
HOOK_VARIABLES = ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX", "GIT_COMMON_DIR")


class Report(NamedTuple):
    """The result of a check."""

    findings: list[str]  # a line each
    notes: list[str]
    summary: str  # printed if there is no finding


def check_params(root: Path) -> list[str]:
    """Return a line if params.yaml is not what conf/ composes to; no line before the first run."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException
    from yaml import YAMLError

    if not (root / PARAMS).exists():
        if not (root / "dvc.lock").exists():
            return []
        return [f"{PARAMS} is absent; `dvc repro compose`, then commit it"]
    try:
        params: Any = OmegaConf.to_container(OmegaConf.load(root / PARAMS))
        is_current = params.pop("conf_digest", None) == digest(root)
    except (YAMLError, OmegaConfBaseException, UnicodeDecodeError, AttributeError):
        return [f"{PARAMS} is damaged; `git checkout HEAD {PARAMS}`, or `dvc repro compose`"]
    if not is_current:
        return [
            f"{PARAMS} was not composed from conf/ as it is; `dvc repro`, then commit {PARAMS} too"
        ]
    try:
        composed: Any = OmegaConf.to_container(compose(root=root))
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        return [f"conf/ does not compose: {error_message(error)}"]
    composed.pop("conf_digest")
    changed = differences(composed, params)
    if not changed:
        return []
    values = [
        f"{dotted(key)} {'absent' if value is ABSENT else repr(value)}"
        for key, value in list(changed.items())[:MAX_PARAMETERS]
    ]
    if len(changed) > MAX_PARAMETERS:
        values.append(f"{len(changed) - MAX_PARAMETERS} more")
    return [
        f"{PARAMS} differs from what conf/ composes to ({', '.join(values)}); "
        "`python -m lockstep save-params` writes it into conf/, "
        f"`git checkout HEAD {PARAMS}` drops it"
    ]


def check_working_tree(root: Path) -> Report:
    """Check the working tree: dvc.lock, parameters, files."""
    sizes = tracked_files.working_sizes(root)
    lines, notes, n_stages = lock_state.findings(root, later=[POINTER.as_posix()])
    lines += check_params(root) + dependencies.findings(root)
    lines += tracked_contents.findings(root, sizes)
    summary = f"dvc.lock is current ({n_stages} stages), {len(sizes)} files in Git are in order"
    return Report(lines, notes, summary)


def check_index(root: Path) -> Report:
    """Check what `git commit` would commit: parameters, files."""
    sizes = tracked_files.staged_sizes(root)
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        changed = set(
            shell(root, "git", "diff", "--cached", "--name-only", "--relative", "-z").split("\0")
        )
        names = [
            name
            for name in sizes
            if name in changed or tracked_contents.is_pipeline(name) or COMPOSED.fullmatch(name)
        ]
        tracked_files.export_index(root, names, Path(folder))
        lines = check_params(Path(folder)) + tracked_contents.findings(Path(folder), sizes)
    return Report(lines, [], f"{len(sizes)} staged files are in order")


def check_commit(root: Path, revision: str) -> int:
    """Run the check of a commit in a clone of it, as a reviewer would, with this checkout's DVC cache.

    Returns its exit status. Raises LockstepError where there is no such commit.
    """
    commit = shell(root, "git", "rev-parse", "--verify", f"{revision}^{{commit}}").strip()
    cache = cache_dir(root)
    for name in HOOK_VARIABLES:
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        clone_folder = Path(folder) / "clone"
        clone = git.clone(root, clone_folder, "--shared", "--no-checkout")
        shell(clone_folder, "git", "checkout", "--quiet", "--detach", commit)
        if not (clone / "lockstep/automation/check.py").exists():
            print(f"{revision} has no lockstep/automation/check.py; it is not checked")
            return 0
        local = f'[cache]\n    dir = "{cache}"\n'
        (clone / ".dvc/config.local").write_text(local, encoding="utf-8")
        command = [sys.executable, "-m", "lockstep", "check"]
        variables = environment(DVC_SITE_CACHE_DIR=str(Path(folder) / "site"))
        return subprocess.run(command, cwd=clone, env=variables, check=False).returncode


def main() -> None:
    """Check, print the findings, and fail if there are any."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    target = parser.add_mutually_exclusive_group()
    target.add_argument("--staged", action="store_true", help="what `git commit` would commit")
    target.add_argument("--commit", metavar="REVISION", help="a commit, in a clone of it")
    target.add_argument(
        "--locks",
        action="store_true",
        help="only whether the locks hold what pyproject.toml asks for",
    )
    arguments, root = parser.parse_args(), Path.cwd()
    if arguments.locks:
        for line in dependencies.findings(root):
            print(f"note: {line}")
        return
    if arguments.commit is not None:
        sys.exit(check_commit(root, arguments.commit))
    report = check_index(root) if arguments.staged else check_working_tree(root)
    for line in report.findings:
        print(line)
    for line in report.notes:
        print(f"note: {line}")
    if report.findings:
        n_findings = len(report.findings)
        count = "1 finding" if n_findings == 1 else f"{n_findings} findings"
        raise LockstepError(f"{count}; docs/check.md says what to do for each")
    print(report.summary)
