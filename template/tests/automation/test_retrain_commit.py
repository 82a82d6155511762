"""A commit holds the paths that exist; one beside the branch changes neither branch nor work tree."""

from pathlib import Path

import pytest

from lockstep.automation.policy import Retrain
from lockstep.automation.retrain_commit import commit, commit_beside, is_on_branch, is_proposed
from lockstep.core.errors import LockstepError
from template.tests.support.workspace import environment, shell


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Git repository with one commit."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    root = tmp_path / "root"
    root.mkdir()
    shell(root, "git", "init", "-q", "--initial-branch=main")
    (root / "a.txt").write_text("1", encoding="utf-8")
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "First")
    return root


def head(root: Path) -> str:
    """The last commit."""
    return shell(root, "git", "rev-parse", "HEAD").strip()


def test_only_the_paths_are_committed_and_no_change_is_no_commit(root: Path) -> None:
    (root / "a.txt").write_text("2", encoding="utf-8")
    (root / "b.txt").touch()
    assert commit(root, ["a.txt", "not there"], "Second")
    assert shell(root, "git", "show", "--format=%s", "--name-only").split() == ["Second", "a.txt"]
    assert not commit(root, ["a.txt", "not there"], "Third")
    (root / "a.txt").unlink()
    assert commit(root, ["a.txt"], "Removed")


def test_a_commit_beside_leaves_the_branch_and_is_reused(root: Path) -> None:
    before = head(root)
    assert commit_beside(root, ["a.txt"], "side", "Same") is None
    (root / "a.txt").write_text("2", encoding="utf-8")
    (root / "new").mkdir()
    (root / "new/b.txt").touch()
    made = commit_beside(root, ["a.txt", "new"], "side", "Side")
    assert made is not None and head(root) == before
    assert shell(root, "git", "rev-parse", "side", "side^").split() == [made, before]
    assert shell(root, "git", "show", "--name-only", "--format=", "side").split() == [
        "a.txt",
        "new/b.txt",
    ]
    assert shell(root, "git", "status", "--porcelain") == " M a.txt\n?? new/\n"
    assert commit_beside(root, ["a.txt", "new"], "side", "Side") == made
    assert is_on_branch(root, before) and not is_on_branch(root, made)


def test_a_branch_is_proposed_once_the_remote_has_it(root: Path) -> None:
    shell(root.parent, "git", "clone", "-q", "--bare", "root", "origin.git")
    shell(root, "git", "remote", "add", "origin", str(root.parent / "origin.git"))
    assert not is_proposed(root, Retrain(), "side")
    shell(root, "git", "push", "-q", "origin", "HEAD:refs/heads/side")
    assert is_proposed(root, Retrain(), "side")
    with pytest.raises(LockstepError):
        is_proposed(root, Retrain(remote="nowhere"), "side")
