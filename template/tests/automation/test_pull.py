"""The default remote is that of DVC's configuration; outputs that are absent are named."""

from pathlib import Path

from lockstep.automation.pull import absent_outputs, default_url
from template.tests.support.workspace import shell

LOCK = """schema: '2.0'
stages:
  a:
    cmd: x
    outs:
    - {path: data/b, hash: md5, md5: 11.dir}
    - {path: data/a, hash: md5, md5: '12'}
"""


def test_outputs_that_are_not_in_the_work_tree_are_sorted(tmp_path: Path) -> None:
    assert absent_outputs(tmp_path, LOCK) == ["data/a", "data/b"]
    (tmp_path / "data/b").mkdir(parents=True)
    assert absent_outputs(tmp_path, LOCK) == ["data/a"]


def test_the_default_remotes_folder_is_counted_from_the_project(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    shell(root, "git", "init", "-q")
    shell(root, "dvc", "init", "-q")
    assert default_url(root) is None
    shell(root, "dvc", "remote", "add", "--default", "storage", "../storage")
    assert default_url(root) == str(tmp_path / "storage")
