"""A rollback goes to the champion before, or to a registered version; the champion itself is refused."""

import sys
from pathlib import Path

import pytest

from lockstep.core.errors import LockstepError
from lockstep.registry import rollback
from lockstep.registry.pointer import move
from lockstep.registry.versions import POINTER, text
from template.tests.support.workspace import environment, shell

HASHES = {"commit": "1" * 40, "bundle": "2" * 32 + ".dir", "digest": "3" * 64}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Git repository with the champions v1.0.0 and v1.1.0."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / POINTER).parent.mkdir()
    (tmp_path / POINTER).write_text(text({"version": None}), encoding="utf-8")
    shell(tmp_path, "git", "init", "-q")
    shell(tmp_path, "git", "add", "-A")
    shell(tmp_path, "git", "commit", "-qm", "First")
    for version in ("v1.0.0", "v1.1.0"):
        move(tmp_path, {"version": version, **HASHES, "why": "better"}, f"Promote {version}")
    return tmp_path


def test_the_champion_before_is_the_last_other_one(root: Path) -> None:
    assert rollback.previous_champion(root, "v1.1.0") == "v1.0.0"
    move(root, {"version": "v1.0.0", **HASHES, "why": "back"}, "Roll back")
    assert rollback.previous_champion(root, "v1.0.0") == "v1.1.0"


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("v1.1.0", r"v1\.1\.0 is the champion already"),
        ("v9.0.0", r"'v9\.0\.0' is not registered; there is v1\.0\.0, v1\.1\.0"),
    ],
)
def test_a_version_to_which_there_is_no_way_back_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch, version: str, message: str
) -> None:
    before = shell(root, "git", "for-each-ref")
    monkeypatch.setattr(sys, "argv", ["rollback", version, "--yes"])
    with pytest.raises(LockstepError, match=message):
        rollback.main()
    assert shell(root, "git", "for-each-ref") == before
