"""Files placed as one: at whatever moment a kill comes, all the earlier files are there or all the new."""

import subprocess
import sys
from pathlib import Path

import pytest

from lockstep.repository.placing import PLACING, all_or_none, undo_unfinished
from template.tests.support.workspace import environment, shell
from tests.closure import ROOT

FILES = ["conf/a.yaml", "conf/new/b.yaml", "recipes/c.py"]
# Dies at the n-th call of the functions that change a disk.
DYING = """
import os, pathlib, shutil, sys

def dying(function):
    def call(*args, **kwargs):
        global calls
        calls -= 1
        if calls == 0:
            os.kill(os.getpid(), 9)
        return function(*args, **kwargs)
    return call

calls = int(sys.argv[1])
from lockstep.core import files
from lockstep.repository import placing
os.replace, os.unlink = dying(os.replace), dying(os.unlink)
pathlib.Path.unlink, shutil.rmtree = dying(pathlib.Path.unlink), dying(shutil.rmtree)
shutil.copy2, pathlib.Path.mkdir = dying(shutil.copy2), dying(pathlib.Path.mkdir)
root = pathlib.Path(sys.argv[2])
names = sys.argv[3:]
"""
# Changes three files and a folder.
CHANGE = """
with placing.all_or_none(root, "test", names, moved=("raw",)):
    for name in names:
        files.write_text(root / name, "new")
    files.write_text(root / "raw/rows.csv", "new")
"""


def project(folder: Path) -> dict[str, str]:
    """Make a project with two of the files and the folder; return what it holds."""
    for name in (FILES[0], FILES[2], "raw/rows.csv", "raw/more.csv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("old", encoding="utf-8")
    return contents(folder)


def contents(folder: Path) -> dict[str, str]:
    """Return the text of each file but those of the cache."""
    paths = [path for path in folder.rglob("*") if path.is_file() and ".cache" not in path.parts]
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in paths
        if ".git" not in path.parts
    }


def run_until(code: str, step: int, folder: Path) -> int:
    """Run code on a project until its n-th change of the disk; return its exit status."""
    command = [sys.executable, "-c", DYING + code, str(step), str(folder), *FILES]
    return subprocess.run(command, cwd=ROOT, env=environment(), check=False).returncode


def test_killed_at_any_step_it_is_all_or_none(tmp_path: Path) -> None:
    new = {**dict.fromkeys(FILES, "new"), "raw/rows.csv": "new"}
    outcomes = []
    for step in range(1, 60):
        folder = tmp_path / str(step)
        old = project(folder)
        status = run_until(CHANGE, step, folder)
        undo_unfinished(folder)
        assert contents(folder) in (old, new), step
        assert not list((folder / PLACING).glob("*"))
        outcomes.append(contents(folder) == new)
        if status == 0:
            break
    assert outcomes[-1] and outcomes.count(False) > 5 and step < 59


def test_an_error_brings_everything_back_at_once(tmp_path: Path) -> None:
    old = project(tmp_path)
    with pytest.raises(ZeroDivisionError), all_or_none(tmp_path, "test", FILES, moved=("raw",)):
        (tmp_path / FILES[0]).write_text("half", encoding="utf-8")
        (tmp_path / "conf/new").mkdir()
        (tmp_path / FILES[1]).write_text("half", encoding="utf-8")
        (tmp_path / "conf/a.yaml.part").write_text("half", encoding="utf-8")
        _ = 1 / 0
    assert contents(tmp_path) == old


def test_killed_while_it_undoes_it_is_undone_the_next_time(tmp_path: Path) -> None:
    for step in range(1, 30):
        folder = tmp_path / str(step)
        old = project(folder)
        assert run_until(CHANGE, 34, folder) != 0 and contents(folder) != old
        status = run_until("placing.undo_unfinished(root)", step, folder)
        undo_unfinished(folder)
        assert contents(folder) == old, step
        if status == 0:
            break
    assert 3 < step < 29


def test_what_was_staged_and_is_gone_leaves_the_index(tmp_path: Path) -> None:
    project(tmp_path)
    shell(tmp_path, "git", "init", "-q")
    with pytest.raises(ZeroDivisionError), all_or_none(tmp_path, "test", FILES):
        (tmp_path / "conf/new").mkdir()
        (tmp_path / FILES[1]).write_text("new", encoding="utf-8")
        shell(tmp_path, "git", "add", FILES[1])
        _ = 1 / 0
    assert shell(tmp_path, "git", "status", "--porcelain", "-uno") == ""
