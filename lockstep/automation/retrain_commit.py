"""Commit a retrained model: on the current branch, or beside it for a pull request."""

import contextlib
import json
from pathlib import Path

from lockstep.automation.policy import Retrain
from lockstep.core.errors import LockstepError
from lockstep.repository.paths import within
from lockstep.repository.programs import shell

INDEX = "retrain.index"


def addable(root: Path, paths: list[str]) -> list[str]:
    """Return the paths that exist or that Git tracks: `git add` refuses others."""
    tracked = shell(root, "git", "ls-files", "--", *paths).split("\n")
    return [
        path
        for path in paths
        if (root / path).exists() or any(within(name, path) for name in tracked)
    ]


def commit(root: Path, paths: list[str], message: str) -> bool:
    """Commit the paths on the current branch; return False where none of them changed.

    Parameters
    ----------
    root : Path
        The project's root.
    paths : list of str
        Files and folders; those that do not exist are left out.
    message : str
        The commit's message.
    """
    shell(root, "git", "add", "--all", "--", *addable(root, paths))
    if not shell(root, "git", "diff", "--cached", "--name-only").strip():
        return False
    shell(root, "git", "commit", "--quiet", "--message", message)
    return True


def is_on_branch(root: Path, commit: str) -> bool:
    """Whether the current branch has the commit."""
    with contextlib.suppress(LockstepError):
        shell(root, "git", "merge-base", "--is-ancestor", commit, "HEAD")
        return True
    return False


def commit_beside(root: Path, paths: list[str], branch: str, message: str) -> str | None:
    """Make a branch with one commit on top of the last one; the current branch stays where it is.

    The commit is made through an index of its own, so that a kill leaves neither half a commit nor another
    branch checked out. A branch of an earlier try with the same content is reused.

    Parameters
    ----------
    root : Path
        The project's root.
    paths : list of str
        Files and folders to commit.
    branch : str
        The new branch.
    message : str
        The commit's message.

    Returns
    -------
    str or None
        The commit's hash; None where nothing differs from the last commit.
    """
    index = Path(shell(root, "git", "rev-parse", "--absolute-git-dir").strip()) / INDEX
    index.unlink(missing_ok=True)
    own_index = {"GIT_INDEX_FILE": str(index)}
    shell(root, "git", "read-tree", "HEAD", **own_index)
    shell(root, "git", "add", "--all", "--", *addable(root, paths), **own_index)
    tree = shell(root, "git", "write-tree", **own_index).strip()
    index.unlink(missing_ok=True)
    head = shell(root, "git", "rev-parse", "HEAD").strip()
    if tree == shell(root, "git", "rev-parse", "HEAD^{tree}").strip():
        return None
    ref = f"refs/heads/{branch}"
    existing = shell(root, "git", "for-each-ref", "--format=%(tree) %(parent)", ref).strip()
    if existing == f"{tree} {head}":
        return shell(root, "git", "rev-parse", ref).strip()
    commit_tree = ("git", "commit-tree", tree, "-p", head, "-F", "-")
    new_commit = shell(root, *commit_tree, content=message).strip()
    shell(root, "git", "update-ref", ref, new_commit)
    return new_commit


def is_proposed(root: Path, settings: Retrain, branch: str) -> bool:
    """Whether the Git remote has the branch.

    Parameters
    ----------
    root : Path
        The project's root.
    settings : Retrain
        Its remote is asked.
    branch : str
        The branch to look for.

    Raises
    ------
    LockstepError
        Where the remote cannot be reached.
    """
    return bool(shell(root, "git", "ls-remote", "--heads", settings.remote, branch).strip())


def open_pull_request(root: Path, settings: Retrain, branch: str, title: str, body: Path) -> str:
    """Push the branch and open its pull request, or merge request.

    GitHub's is opened by its client `gh`, GitLab's by the push itself (push options, GitLab's
    documentation), which takes one line of description.

    Parameters
    ----------
    root : Path
        The project's root.
    settings : Retrain
        The forge, its Git remote and the branch to merge into.
    branch : str
        The branch to push.
    title : str
        Title of the request.
    body : Path
        File with its description, in Markdown.

    Returns
    -------
    str
        The request's address; empty on GitLab, which does not return it.
    """
    if settings.forge == "gitlab":
        description = body.read_text(encoding="utf-8").splitlines()[0]
        options = {"create": "", "target": settings.target, "title": title}
        options["description"] = description
        flags = [
            f"--push-option=merge_request.{key}{'=' * bool(value)}{value}"
            for key, value in options.items()
        ]
        shell(root, "git", "push", "--quiet", "--force", settings.remote, branch, *flags)
        return ""
    shell(root, "git", "push", "--quiet", "--force", settings.remote, branch)
    listed = shell(root, "gh", "pr", "list", "--head", branch, "--state", "open", "--json", "url")
    if open_requests := json.loads(listed):
        return str(open_requests[0]["url"])
    details = (
        "--base",
        settings.target,
        "--head",
        branch,
        "--title",
        title,
        "--body-file",
        str(body),
    )
    return shell(root, "gh", "pr", "create", *details).strip().splitlines()[-1]
