"""Hashes are DVC's own: small repositories with layouts that the project's own pipeline has not."""

from pathlib import Path

import pytest

from lockstep.automation.lock_state import findings
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
