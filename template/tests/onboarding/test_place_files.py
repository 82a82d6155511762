"""Files are placed all or none, and nothing is overwritten unasked."""

from pathlib import Path

import pytest

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.onboarding.place_files import check_free, place_files
from lockstep.repository.programs import shell


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A Git repository without DVC, which has one earlier recipe."""
    folder = tmp_path / "root"
    (folder / "recipes").mkdir(parents=True)
    (folder / "recipes/mine.py").write_text("earlier\n", encoding="utf-8")
    shell(folder, "git", "init", "-q")
    return folder


def test_what_is_there_is_in_the_way_unless_forced(root: Path) -> None:
    files = ["recipes/mine.py"]
    with pytest.raises(ConfigError, match=r"mine is taken: recipes/mine\.py is there"):
        check_free(root, "mine", files, force=False)
    check_free(root, "mine", files, force=True)
    check_free(root, "other", ["recipes/other.py"], force=False)


def test_raw_files_in_git_are_in_the_way_always(root: Path) -> None:
    (root / "data/raw/mine").mkdir(parents=True)
    (root / "data/raw/mine/a.csv").write_text("a\n", encoding="utf-8")
    shell(root, "git", "add", "data")
    with pytest.raises(ConfigError, match=r"a\.csv is in Git"):
        check_free(root, "mine", [], force=True)


def test_where_dvc_fails_everything_is_as_it_was(root: Path) -> None:
    work = root / ".cache/work"
    (work / "raw").mkdir(parents=True)
    (work / "raw/a.csv").write_text("a\n", encoding="utf-8")
    texts = {"recipes/mine.py": "new\n", "conf/dataset/mine.yaml": "new\n"}
    with pytest.raises(LockstepError, match="nothing was changed"):
        place_files(root, work, "mine", texts, work / "raw")
    assert (root / "recipes/mine.py").read_text(encoding="utf-8") == "earlier\n"
    assert not (root / "conf/dataset/mine.yaml").exists()
    assert not (root / "data/raw/mine").exists()
