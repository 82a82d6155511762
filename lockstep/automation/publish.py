"""Share the results of the main branch: data and models to DVC's remote, a passed model as a version.

A passed bundle that is not the champion becomes it (`python -m lockstep promote`), dvc.lock follows, and one
push sends the branch and its tags. A refused model is shared, but gets no version. Without a remote, or where
it is a folder that is not here, nothing is done: a champion whose bundle nobody can fetch would be worth
nothing. The tree must be that of the last commit.

Examples:
  python -m lockstep publish --dry-run
  python -m lockstep publish
"""

import argparse
import subprocess
import sys
from pathlib import Path

from lockstep.automation.pull import default_url
from lockstep.core.errors import LockstepError
from lockstep.core.files import read_json
from lockstep.core.urls import scheme, show_url
from lockstep.registry import versions
from lockstep.registry.pointer import finish, push, require_clean
from lockstep.repository.git import changed_files
from lockstep.repository.programs import environment, shell
from lockstep.training import bundle

REGISTERED = Path("models/registered")
GIT_REMOTE = "origin"


def stream(root: Path, *command: str) -> None:
    """Run a command, showing its output as it comes. Raises LockstepError if it fails."""
    if subprocess.run(command, cwd=root, env=environment(), check=False).returncode:
        raise LockstepError(f"`{' '.join(command)}` failed, see above; run it here to mend it")


def current_branch(root: Path) -> str:
    """Return the current branch. Raises LockstepError where there is none, or it could not be pushed."""
    name = shell(root, "git", "branch", "--show-current").strip()
    if not name:
        raise LockstepError("no branch is in force, so none can be pushed; `git switch` to one")
    if GIT_REMOTE not in shell(root, "git", "remote").split():
        raise LockstepError(f"Git has no remote {GIT_REMOTE}; `git remote add {GIT_REMOTE} URL`")
    listed = shell(root, "git", "ls-remote", GIT_REMOTE, f"refs/heads/{name}").split()
    try:
        if listed:
            shell(root, "git", "merge-base", "--is-ancestor", listed[0], "HEAD")
    except LockstepError as error:
        raise LockstepError(
            f"{name} of {GIT_REMOTE} has commits that are not here; `git pull` first"
        ) from error
    return name


def reason_against_version(root: Path) -> str | None:
    """Return why there is no new version to make; None where there is one."""
    gate = read_json(root / "metrics/gate.json", "verdict")
    if gate["verdict"] != "pass":
        return f"the verdict is {gate['verdict']}"
    seal = root / REGISTERED / bundle.SEAL
    if not seal.is_file():
        raise LockstepError(f"{REGISTERED.as_posix()} is not there; `dvc repro`, or `dvc pull`")
    champion = versions.champion(root)
    if champion and champion["digest"] == bundle.digest(root / REGISTERED):
        return f"this model is the champion already, as {champion['version']}"
    return None


def promote(root: Path) -> None:
    """Make the bundle the champion, then compare it with itself, so that dvc.lock is current again."""
    reason = f"the gates passed at {shell(root, 'git', 'rev-parse', '--short=12', 'HEAD').strip()}"
    stream(root, sys.executable, "-m", "lockstep", "promote", "--yes", "--reason", reason)
    stream(root, "dvc", "repro")
    if changed_files(root, with_new=False):
        version = (versions.champion(root) or {})["version"]
        message = f"Compare the model with the champion, now {version}"
        shell(root, "git", "commit", "--quiet", "--all", "--message", message)


def main() -> None:
    """Push data and models, make the version, push the branch and its tags in one step."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    arguments, root = parser.parse_args(), Path.cwd()
    url = default_url(root)
    if url is None:
        print(
            "no remote is set (`python -m lockstep remote`): nothing is shared, and no version is made"
        )
        return
    if scheme(url) is None and not Path(url).is_dir():
        print(
            f"{show_url(url)} is not here; another machine's? Nothing is shared, and no version is made"
        )
        return
    place = show_url(url)
    branch = current_branch(root)
    if not arguments.dry_run:
        finish(root)
    require_clean(root)
    reason = reason_against_version(root)
    print(f"no new version: {reason}" if reason else "a new version: the verdict is a pass")
    if arguments.dry_run:
        print(
            f"nothing was changed (--dry-run); it would push to {place} and {GIT_REMOTE} {branch}"
        )
        return
    stream(root, sys.executable, "-m", "lockstep", "push")
    if reason is None:
        promote(root)
        stream(root, sys.executable, "-m", "lockstep", "push")
    push(root, GIT_REMOTE, branch)
    print(f"pushed: data and models to {place}, {branch} and its tags to {GIT_REMOTE}")
