"""Files of Git by their paths from the project, which may be a folder of a larger repository."""

from pathlib import Path

import pytest

from lockstep.core.errors import LockstepError
from lockstep.repository.git import changed_files, clone, file_at, prefix
from template.tests.support.workspace import shell

PROJECTS = ["", "studies/größe b/"]


@pytest.fixture(params=PROJECTS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A project with a committed file, in a repository that may hold another's file."""
    root = tmp_path / "team" / request.param
    root.mkdir(parents=True)
    top = tmp_path / "team"
    shell(top, "git", "init", "-q")
    (top / ".gitignore").write_text("ignored\n", encoding="utf-8")
    (root / "a.txt").write_text("1", encoding="utf-8")
    shell(top, "git", "add", "-A")
    shell(top, "git", "commit", "-qm", "First")
    return root


def test_changed_files_are_named_whole_and_ignored_ones_are_not(project: Path) -> None:
    assert changed_files(project, with_new=True) == []
    (project / "a.txt").write_text("2", encoding="utf-8")
    (project / "größe c.txt").touch()
    (project / "ignored").touch()
    if prefix(project):
        (project.parent / "anothers.txt").touch()
    assert sorted(changed_files(project, with_new=True)) == ["a.txt", "größe c.txt"]
    assert changed_files(project, with_new=False) == ["a.txt"]


def test_a_file_of_a_revision_counts_from_the_project(project: Path) -> None:
    assert file_at(project, "HEAD", "a.txt") == "1"
    with pytest.raises(LockstepError, match=r"none\.txt"):
        file_at(project, "HEAD", "none.txt")


def test_a_clone_has_the_project_at_the_same_place(project: Path, tmp_path: Path) -> None:
    cloned = clone(project, tmp_path / "clone")
    assert (cloned / "a.txt").read_text(encoding="utf-8") == "1"
