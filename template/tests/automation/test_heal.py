"""What a kill leaves cut in DVC's files is mended, and nothing that is whole or in use is touched."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from dvc.schema import COMPILED_LOCKFILE_SCHEMA

from lockstep.automation.heal import heal, is_whole
from template.tests.support.workspace import (
    attempt,
    built_copy,
    environment,
    restore,
    shell,
    started,
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_copy(tmp_path_factory, "heal")


@pytest.fixture(autouse=True)
def as_committed(root: Path) -> None:
    restore(root)
    (root / ".dvc/tmp/rwlock").unlink(missing_ok=True)


def test_what_is_whole_stays(root: Path) -> None:
    shell(root, "dvc", "status")
    before = (root / "dvc.lock").read_bytes()
    assert heal(root) == [] and (root / "dvc.lock").read_bytes() == before


@pytest.mark.parametrize("text", ["", '{"read": {"a', "[1]"])
def test_a_list_of_readers_that_is_cut_goes_and_the_next_repro_starts(
    root: Path, text: str
) -> None:
    (root / ".dvc/tmp/rwlock").write_text(text, encoding="utf-8")
    assert attempt(root, "dvc", "repro").returncode != 0
    (line,) = heal(root)
    assert ".dvc/tmp/rwlock was cut" in line
    shell(root, "dvc", "repro")


def test_a_list_that_dvc_is_about_to_write_stays(root: Path) -> None:
    (root / ".dvc/tmp/rwlock").write_text("", encoding="utf-8")
    code = (
        "import sys, zc.lockfile; lock = zc.lockfile.LockFile('.dvc/tmp/rwlock.lock'); "
        "print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code], cwd=root, env=environment(), text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None and holder.stdout.readline() == "held\n"
    assert heal(root) == []
    holder.communicate()
    assert len(heal(root)) == 1


def test_dvc_lock_cut_anywhere_is_mended_and_nothing_is_computed_again(root: Path) -> None:
    whole = (root / "dvc.lock").read_text(encoding="utf-8")
    for n_characters in range(0, len(whole), 997):
        cut = whole[:n_characters]
        (root / "dvc.lock").write_text(cut, encoding="utf-8")
        if is_whole(cut):
            COMPILED_LOCKFILE_SCHEMA(yaml.safe_load(cut))  # DVC reads it too
        lines = heal(root)
        assert bool(lines) == (not is_whole(cut))
        if lines:
            assert (root / "dvc.lock").read_text(encoding="utf-8") == whole
    (root / "dvc.lock").write_text(whole[: len(whole) // 2], encoding="utf-8")
    assert "dvc.lock was cut" in heal(root)[0]
    assert started(shell(root, "dvc", "repro")) == []


def test_without_a_commit_that_has_it_a_cut_dvc_lock_is_removed(tmp_path: Path) -> None:
    (tmp_path / "dvc.lock").write_text("schema: '2.0'\nstages:\n  a:\n    cm", encoding="utf-8")
    shell(tmp_path, "git", "init", "-q")
    assert "no commit has it" in heal(tmp_path)[0] and not (tmp_path / "dvc.lock").exists()
