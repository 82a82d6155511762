"""A retrained model becomes a commit: on the branch in force, or beside it for a pull request."""

import contextlib
import json
from pathlib import Path

from lockstep.automation.policy import Retrain
from lockstep.core.errors import LockstepError
from lockstep.repository.paths import within
from lockstep.repository.programs import shell

INDEX = "retrain.index"


def there(root: Path, paths: list[str]) -> list[str]:
    """Those of the paths that exist or that Git knows: it refuses others."""
    known = shell(root, "git", "ls-files", "--", *paths).split("\n")
    return [p for p in paths if (root / p).exists() or any(within(one, p) for one in known)]


def commit(root: Path, paths: list[str], message: str) -> bool:
    """Commit the paths on the branch in force; false where nothing of them changed."""
    shell(root, "git", "add", "--all", "--", *there(root, paths))
    if not shell(root, "git", "diff", "--cached", "--name-only").strip():
        return False
    shell(root, "git", "commit", "--quiet", "--message", message)
    return True


def holds(root: Path, commit: str) -> bool:
    """Whether the branch in force has the commit."""
    with contextlib.suppress(LockstepError):
        shell(root, "git", "merge-base", "--is-ancestor", commit, "HEAD")
        return True
    return False


def beside(root: Path, paths: list[str], branch: str, message: str) -> str | None:
    """A branch with one commit on top of the last one; the branch in force stays where it is.

    Made through an index of its own, so that a kill leaves neither half a commit nor another branch in
    force. The branch of an earlier try with the same content is taken as it is. None where nothing differs
    from the last commit.
    """
    index = Path(shell(root, "git", "rev-parse", "--absolute-git-dir").strip()) / INDEX
    index.unlink(missing_ok=True)
    apart = {"GIT_INDEX_FILE": str(index)}
    shell(root, "git", "read-tree", "HEAD", **apart)
    shell(root, "git", "add", "--all", "--", *there(root, paths), **apart)
    tree = shell(root, "git", "write-tree", **apart).strip()
    index.unlink(missing_ok=True)
    head = shell(root, "git", "rev-parse", "HEAD").strip()
    if tree == shell(root, "git", "rev-parse", "HEAD^{tree}").strip():
        return None
    ref = f"refs/heads/{branch}"
    if (
        shell(root, "git", "for-each-ref", "--format=%(tree) %(parent)", ref).strip()
        == f"{tree} {head}"
    ):
        return shell(root, "git", "rev-parse", ref).strip()
    made = shell(root, "git", "commit-tree", tree, "-p", head, "-F", "-", content=message).strip()
    shell(root, "git", "update-ref", ref, made)
    return made


def proposed(root: Path, chosen: Retrain, branch: str) -> bool:
    """Whether the Git remote has the branch. Raises LockstepError where it cannot be reached."""
    return bool(shell(root, "git", "ls-remote", "--heads", chosen.remote, branch).strip())


def pull_request(root: Path, chosen: Retrain, branch: str, title: str, body: Path) -> str:
    """Push the branch and open its pull request, or merge request; its address if that is told.

    GitHub's is opened by its client `gh`, GitLab's by the push itself (push options, GitLab's
    documentation), which takes one line of description.
    """
    if chosen.forge == "gitlab":
        options = {"create": "", "target": chosen.target, "title": title,
                   "description": body.read_text(encoding="utf-8").splitlines()[0]}  # fmt: skip
        words = [f"--push-option=merge_request.{key}{'=' * bool(value)}{value}"
                 for key, value in options.items()]  # fmt: skip
        shell(root, "git", "push", "--quiet", "--force", chosen.remote, branch, *words)
        return ""
    shell(root, "git", "push", "--quiet", "--force", chosen.remote, branch)
    listed = shell(root, "gh", "pr", "list", "--head", branch, "--state", "open", "--json", "url")
    if open_already := json.loads(listed):
        return str(open_already[0]["url"])
    about = ("--base", chosen.target, "--head", branch, "--title", title, "--body-file", str(body))
    return shell(root, "gh", "pr", "create", *about).strip().splitlines()[-1]
