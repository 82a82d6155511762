"""The pointer moves by one commit and its tags; what a kill left undone is finished; versions count up."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from lockstep.core.errors import DataError, LockstepError
from lockstep.registry.pointer import (
    champion_moves,
    confirmed,
    finish,
    move,
    next_version,
    pointer_at,
    require_clean,
)
from lockstep.registry.rollback import previous_champion
from lockstep.registry.versions import POINTER, champion, parse, text, versions
from template.tests.support.workspace import environment, shell


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Git repository whose pointer has no champion."""
    for name, value in environment().items():
        monkeypatch.setenv(name, value)
    (tmp_path / POINTER).parent.mkdir()
    (tmp_path / POINTER).write_text(text({"version": None}), encoding="utf-8")
    shell(tmp_path, "git", "init", "-q")
    shell(tmp_path, "git", "add", "-A")
    shell(tmp_path, "git", "commit", "-qm", "First")
    return tmp_path


def entry(version: str) -> dict[str, Any]:
    """A pointer with as much as a move needs."""
    hashes = {"commit": "1" * 40, "bundle": "2" * 32 + ".dir", "digest": "3" * 64}
    return {"version": version, **hashes, "why": f"reason of {version}"}


def test_a_move_is_one_commit_of_the_pointer_with_a_version_and_an_assignment(root: Path) -> None:
    (root / "untracked.txt").touch()
    move(root, entry("v1.0.0"), "Promote model v1.0.0")
    move(root, entry("v1.1.0"), "Promote model v1.1.0")
    move(root, entry("v1.0.0"), "Roll back")
    assert champion(root) == pointer_at(root, "HEAD") == entry("v1.0.0")
    assert pointer_at(root, "HEAD~3") is None
    assert [moved["version"] for _, moved in champion_moves(root)] == ["v1.0.0", "v1.1.0", "v1.0.0"]
    assert shell(root, "git", "tag").split() == [
        "model#prod#1",
        "model#prod#2",
        "model#prod#3",
        "model@v1.0.0",
        "model@v1.1.0",
    ]
    assert shell(root, "git", "show", "--format=", "--name-only", "HEAD").split() == [
        POINTER.as_posix()
    ]
    assert (
        shell(root, "git", "rev-parse", "model#prod#3^{commit}", "model@v1.0.0^{commit}").split()[0]
        == shell(root, "git", "rev-parse", "HEAD~2").strip()
    ), "back to the version's own commit"
    assert previous_champion(root, "v1.0.0") == "v1.1.0"


def test_a_reason_stands_in_the_body_and_does_nothing_there(root: Path) -> None:
    reason = "[skip ci] closes #1 by @me\n\nSigned-off-by: me"
    move(root, {**entry("v1.0.0"), "why": reason}, "Promote model v1.0.0", reason)
    body = shell(root, "git", "log", "-1", "--format=%B").rstrip("\n")
    escaped = "%5Bskip ci%5D closes %231 by %40me%0A%0ASigned-off-by: me"
    assert body == f"Promote model v1.0.0\n\nWhy: {escaped}"
    assert shell(root, "git", "tag", "-l", "--format=%(contents)", "model@v1.0.0").strip() == (
        f"v1.0.0: {escaped}"
    )


@pytest.mark.parametrize("version", ["v1.0.0\n\ncloses #1", "latest", 1])
def test_a_pointer_to_what_is_no_version_is_refused(version: object) -> None:
    with pytest.raises(DataError, match="not a pointer"):
        parse(text({"version": version}), "models/champion.yaml")


def test_what_a_kill_left_undone_is_finished(root: Path) -> None:
    move(root, entry("v1.0.0"), "Promote model v1.0.0")
    shell(root, "git", "tag", "-d", "model@v1.0.0", "model#prod#1")
    (root / POINTER).write_text(text({"version": None}), encoding="utf-8")
    finish(root)
    assert champion(root) == entry("v1.0.0") and versions(root) == ["v1.0.0"]


def test_a_change_of_somebody_else_is_refused(root: Path) -> None:
    require_clean(root)
    (root / POINTER).write_text("mine\n", encoding="utf-8")
    with pytest.raises(LockstepError, match=r"models/champion\.yaml differs from the last commit"):
        require_clean(root)


def test_versions_count_up_by_number_and_the_first_is_one(root: Path) -> None:
    assert next_version(root, "minor") == "v1.0.0"
    with pytest.raises(LockstepError, match=r"there was no champion before v1\.0\.0"):
        previous_champion(root, "v1.0.0")
    for tag in ("v1.9.3", "v1.10.0", "v1.x.0"):
        shell(root, "git", "tag", f"model@{tag}")
    assert [next_version(root, part) for part in ("major", "minor", "patch")] == [
        "v2.0.0",
        "v1.11.0",
        "v1.10.1",
    ]


def test_without_a_terminal_nobody_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert not confirmed(argparse.Namespace(dry_run=True, yes=True), "Go on?")
    assert "nothing was changed (--dry-run)" in capsys.readouterr().out
    assert confirmed(argparse.Namespace(dry_run=False, yes=True), "Go on?")
    with pytest.raises(LockstepError, match="there is no terminal to ask on"):
        confirmed(argparse.Namespace(dry_run=False, yes=False), "Go on?")
