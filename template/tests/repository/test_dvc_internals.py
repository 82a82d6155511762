"""Hashes are DVC's own: small repositories with layouts that the project's own pipeline has not."""

import hashlib
import json
import sys
from pathlib import Path

import pytest

from lockstep.automation import pull
from lockstep.automation.lock_state import findings
from lockstep.core.errors import DataError
from lockstep.repository.dvc_internals import copy_folder, push_folders, read_cached
from template.tests.support.workspace import shell


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository of Git and DVC."""
    root = tmp_path / "root"
    root.mkdir()
    shell(root, "git", "init", "-q")
    shell(root, "dvc", "init", "-q")
    monkeypatch.chdir(root)
    return root


def write(root: Path, name: str, text: str) -> None:
    """A file, its folders made."""
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


def build(root: Path) -> None:
    """Run and commit."""
    shell(root, "dvc", "repro", "-q", "-P")
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "Built")


def fresh(root: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    """What is found in a clone without data."""
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-q", "--allow-empty", "-m", "More")
    shell(root.parent, "git", "clone", "-q", "--shared", str(root), "clone")
    monkeypatch.chdir(root.parent / "clone")
    return findings(root.parent / "clone", [])[:2]


def copying(root: Path, source: str, dep: str) -> None:
    """One stage, which copies a file of its dependency."""
    stage = f"stages:\n  copy:\n    cmd: cp {source} out\n    deps: [{dep}]\n    outs: [out]\n"
    write(root, "dvc.yaml", stage)


def test_a_folder_of_files_of_git_and_files_added_to_dvc_is_told_without_the_data(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, "raw/small.csv", "a\n1\n")
    write(root, "raw/large.csv", "a\n2\n")
    write(root, "raw/__pycache__/x.pyc", "")
    write(root, ".dvcignore", "__pycache__\n")
    write(root, ".gitignore", "__pycache__/\n")
    shell(root, "dvc", "add", "-q", "raw/large.csv")
    copying(root, "raw/large.csv", "raw")
    build(root)
    assert findings(root, [])[:2] == ([], [])
    assert fresh(root, monkeypatch) == ([], [])
    write(root.parent / "clone", "raw/small.csv", "a\n3\n")
    assert findings(root.parent / "clone", [])[0] == ["copy: dependency raw changed"]


def test_a_folder_that_holds_a_folder_of_dvc_is_unknown_without_the_list(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, "raw/many/x.csv", "a\n2\n")
    write(root, "raw/notes.txt", "of Git\n")
    shell(root, "dvc", "add", "-q", "raw/many")
    copying(root, "raw/many/x.csv", "raw")
    build(root)
    assert findings(root, [])[:2] == ([], [])
    write(root, "raw/notes.txt", "of Git, changed\n")
    assert findings(root, [])[0] == ["copy: dependency raw changed"]
    found, notes = fresh(root, monkeypatch)
    assert found == [] and notes[0].startswith("cannot be told: raw (copy): ")


def test_data_added_to_dvc_anew_makes_its_readers_stale_with_and_without_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, "raw.csv", "a\n1\n")
    shell(root, "dvc", "add", "-q", "raw.csv")
    copying(root, "raw.csv", "raw.csv")
    build(root)
    write(root, "raw.csv", "a\n2\n")
    assert findings(root, [])[0] == [], "DVC was not told yet"
    shell(root, "dvc", "add", "-q", "raw.csv")
    expected = ["copy: dependency raw.csv is in dvc.lock otherwise than raw.csv.dvc wrote it"]
    assert findings(root, [])[0] == expected
    assert fresh(root, monkeypatch)[0] == expected


def test_a_pipeline_in_a_folder_and_a_frozen_stage_are_told_as_dvc_names_them(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, "sub/in.txt", "1\n")
    write(root, "sub/values.yaml", "a: {b: 1}\n")
    stage = "stages:\n  copy:\n    cmd: cp in.txt out\n    deps: [in.txt]\n    outs: [out]\n"
    write(root, "sub/dvc.yaml", stage + "    params:\n      - values.yaml:\n")
    write(root, "code.py", "1\n")
    write(
        root,
        "dvc.yaml",
        "stages:\n  still:\n    cmd: cp code.py made\n    deps: [code.py]\n    outs: [made]\n",
    )
    build(root)
    assert findings(root, [])[:2] == ([], [])
    write(root, "sub/in.txt", "2\n")
    write(root, "sub/values.yaml", "a: {b: 2}\n")
    write(root, "code.py", "2\n")
    shell(root, "dvc", "freeze", "still")
    found, notes, stages = findings(root, [])
    assert found == [
        "sub/dvc.yaml:copy: dependency in.txt changed",
        "sub/dvc.yaml:copy: param a.b is 2 in values.yaml and 1 in dvc.lock",
    ]
    assert stages == 2 and notes[0].startswith("cannot be told: code.py (still): ")


def poisoned(root: Path, relpath: str, file_hash: str | None = None) -> str:
    """DVC's list of a folder whose one file has a path of a stranger's choice; its hash."""
    content = b"#!/bin/sh\n"
    known = hashlib.md5(content).hexdigest()
    listing = json.dumps([{"md5": file_hash or known, "relpath": relpath}]).encode()
    value = hashlib.md5(listing).hexdigest()
    for name, text in ((known, content), (f"{value}.dir", listing)):
        path = root / ".dvc/cache/files/md5" / name[:2] / name[2:]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)
    return f"{value}.dir"


LEADING_OUT = ["../../.git/hooks/x", "/tmp/x", "a/../../x", "..\\x", ".git/hooks/x", "C:x"]


@pytest.mark.parametrize("relpath", LEADING_OUT)
def test_a_folders_list_writes_into_that_folder_alone(root: Path, relpath: str) -> None:
    folder_hash, target = poisoned(root, relpath), root / "a/target"
    target.mkdir(parents=True)
    before = sorted((root / ".git").rglob("*"))
    with pytest.raises(DataError, match=r"DVC's list of a folder.* cannot be a file's path here"):
        copy_folder(root, folder_hash, target)
    assert not list(target.iterdir()) and sorted((root / ".git").rglob("*")) == before


@pytest.mark.parametrize("value", ["../../../x", "0" * 31, "", "0" * 32 + ".dir/../x"])
def test_only_a_hash_names_an_object(root: Path, value: str) -> None:
    with pytest.raises(DataError, match="is not a hash of DVC"):
        copy_folder(root, value, root / "target")
    with pytest.raises(DataError, match="is not a hash of DVC"):
        read_cached(root, value)
    with pytest.raises(DataError, match="is not a hash of DVC"):
        push_folders(root, [value])
    if value:
        with pytest.raises(DataError, match="is not a hash of DVC"):
            copy_folder(root, poisoned(root, "x", value), root / "target")


def test_a_list_that_is_none_is_a_folder_that_is_not_there(root: Path) -> None:
    folder_hash = poisoned(root, "x")
    path = root / ".dvc/cache/files/md5" / folder_hash[:2] / folder_hash[2:]
    for text in ("{", "{}", "[1]", '[{"md5": "x"}]', "3"):
        path.chmod(0o644)
        path.write_text(text, encoding="utf-8")
        assert not copy_folder(root, folder_hash, root / "target") or text == "{}"


def test_a_pull_refuses_a_list_that_leads_out_before_dvc_obeys_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_hash = poisoned(root, "../../hook")
    write(root, "data/raw.dvc", f"outs:\n- md5: {folder_hash}\n  hash: md5\n  path: raw\n")
    write(root, "dvc.lock", "schema: '2.0'\nstages: {}\n")
    shell(root, "dvc", "remote", "add", "-q", "--default", "storage", str(root.parent / "storage"))
    monkeypatch.setattr(sys, "argv", ["pull"])
    with pytest.raises(DataError, match=r"'\.\./\.\./hook' cannot be a file's path here"):
        pull.main()
    assert not (root / "hook").exists() and not (root.parent / "hook").exists()
