"""Share what the main branch built: data and models to DVC's remote, and what passed as a version, tagged.

A passed bundle that is not the champion becomes it (`python -m lockstep promote`), dvc.lock follows, and one
push takes the branch and its tags. A refused model is shared, but gets no version. Without a remote, or where
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

from lockstep.automation.pull import destination
from lockstep.automation.remote_storage import scheme
from lockstep.core.errors import LockstepError
from lockstep.core.files import read_json
from lockstep.registry import versions
from lockstep.registry.pointer import changed, clean, finish, push
from lockstep.repository.programs import environment, shell
from lockstep.training import bundle

REGISTERED = Path("models/registered")
GIT_REMOTE = "origin"


def streamed(root: Path, *command: str) -> None:
    """Run a command whose output is seen as it comes. Raises LockstepError if it fails."""
    if subprocess.run(command, cwd=root, env=environment(), check=False).returncode:
        raise LockstepError(f"`{' '.join(command)}` failed, see above; run it here to mend it")


def branch(root: Path) -> str:
    """The branch in force. Raises LockstepError where there is none, or where it could not be pushed."""
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


def standing(root: Path) -> str | None:
    """Why there is no new version to make; None where there is one."""
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
    """Make the bundle the champion, then judge it against itself, so that dvc.lock is current again."""
    reason = shell(root, "git", "log", "-1", "--format=%s").strip()
    streamed(root, sys.executable, "-m", "lockstep", "promote", "--yes", "--reason", reason)
    streamed(root, "dvc", "repro")
    if changed(root):
        version = (versions.champion(root) or {})["version"]
        message = f"Judge the model against the champion, now {version}"
        shell(root, "git", "commit", "--quiet", "--all", "--message", message)


def main() -> None:
    """Push data, make the version, push Git's side in one step."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    given, root = parser.parse_args(), Path.cwd()
    url = destination(root)
    if url is None:
        print(
            "no remote is set (`python -m lockstep remote`): nothing is shared, and no version is made"
        )
        return
    if scheme(url) is None and not Path(url).is_dir():
        print(f"{url} is not here; another machine's? Nothing is shared, and no version is made")
        return
    name = branch(root)
    if not given.dry_run:
        finish(root)
    clean(root)
    why = standing(root)
    print(f"no new version: {why}" if why else "a new version: the verdict is a pass")
    if given.dry_run:
        print(f"nothing was changed (--dry-run); it would push to {url} and {GIT_REMOTE} {name}")
        return
    streamed(root, sys.executable, "-m", "lockstep", "push")
    if why is None:
        promote(root)
        streamed(root, sys.executable, "-m", "lockstep", "push")
    push(root, GIT_REMOTE, name)
    print(f"pushed: data and models to {url}, {name} and its tags to {GIT_REMOTE}")
