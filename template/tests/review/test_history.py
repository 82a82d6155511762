"""Head is compared with the commit where it left base."""

from pathlib import Path

import pytest

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.review.history import changed_paths, merge_base, resolve_commit
from template.tests.support.workspace import shell


def commit_file(root: Path, name: str) -> str:
    """Commit a file and return the commit."""
    (root / name).write_text(name, encoding="utf-8")
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", name)
    return shell(root, "git", "rev-parse", "HEAD").strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one commit on main."""
    shell(tmp_path, "git", "init", "-q", "-b", "main")
    commit_file(tmp_path, "first")
    return tmp_path


def test_paths_are_those_that_head_changed_since_it_left_base(root: Path) -> None:
    start = resolve_commit(root, "main", "--base")
    shell(root, "git", "checkout", "-q", "-b", "topic")
    head = commit_file(root, "of topic.txt")
    shell(root, "git", "mv", "first", "second")
    shell(root, "git", "commit", "-qm", "moved")
    head = resolve_commit(root, "HEAD", "--head")
    shell(root, "git", "checkout", "-q", "main")
    tip = commit_file(root, "of main.txt")
    assert merge_base(root, tip, head) == start
    assert changed_paths(root, start, head) == ["first", "of topic.txt", "second"]


def test_what_is_no_commit_is_refused_by_its_option(root: Path) -> None:
    with pytest.raises(ConfigError, match="--head is workspace; a review is of commits"):
        resolve_commit(root, "workspace", "--head")
    orphan = shell(root, "git", "commit-tree", "-m", "orphan", "main^{tree}").strip()
    with pytest.raises(LockstepError, match="have no commit in common here"):
        merge_base(root, "main", orphan)
