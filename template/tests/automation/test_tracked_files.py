"""The files that Git tracks, and those of the index, with sizes; links and submodules are none."""

from pathlib import Path

import pytest

from lockstep.automation.tracked_files import export_index, staged_sizes, working_sizes
from template.tests.support.workspace import shell


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository where index and working tree differ."""
    root = tmp_path / "root"
    root.mkdir()
    shell(root, "git", "init", "-q")
    (root / "größe.txt").write_text("12", encoding="utf-8")
    (root / "gone.txt").write_text("123", encoding="utf-8")
    (root / "link").symlink_to("gone.txt")
    shell(root, "git", "add", "-A")
    (root / "größe.txt").write_text("12345", encoding="utf-8")
    (root / "gone.txt").unlink()
    (root / "untracked.txt").touch()
    return root


def test_the_working_tree_has_its_own_sizes(root: Path) -> None:
    assert working_sizes(root) == {"größe.txt": 5}


def test_the_index_is_what_a_commit_would_hold(root: Path, tmp_path: Path) -> None:
    assert staged_sizes(root) == {"gone.txt": 3, "größe.txt": 2}
    export_index(root, ["größe.txt"], tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["größe.txt"]
    assert (tmp_path / "copy/größe.txt").read_text(encoding="utf-8") == "12"


def test_an_empty_index_is_no_error(tmp_path: Path) -> None:
    shell(tmp_path, "git", "init", "-q")
    assert staged_sizes(tmp_path) == working_sizes(tmp_path) == {}
