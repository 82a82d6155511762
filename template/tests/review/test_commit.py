"""A commit is read from Git; what it lacks is named, or stops the review."""

import hashlib
import json
from pathlib import Path

import pytest

from lockstep.core.errors import DataError
from lockstep.core.files import write_json, write_text
from lockstep.review.commit import declared_paths, read_commit, read_losses, stale_paths
from template.tests.support.workspace import shell

STAGES = """stages:
  train: {outs: [{metrics/live: {cache: false}}], metrics: [metrics/own.json]}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one commit that has some of the files that a review reads."""
    write_text(tmp_path / "dvc.yaml", STAGES)
    write_json(tmp_path / "metrics/own.json", {"gap": 1})
    write_json(tmp_path / "metrics/test.json", {"metrics": {"f1": None}, "slices": []})
    write_text(tmp_path / "requirements.lock", "a==1\n")
    for side in ("train", "valid"):
        path = tmp_path / f"metrics/live/plots/metrics/{side}/loss.tsv"
        write_text(path, "step\tloss\n0\t0.5\n")
    return tmp_path


def commit_all(root: Path) -> str:
    """Commit every file and return the commit."""
    shell(root, "git", "init", "-q")
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "All")
    return shell(root, "git", "rev-parse", "HEAD").strip()


def test_what_is_absent_is_none_and_has_a_sentence(root: Path) -> None:
    state = read_commit(root, commit_all(root), complete=False)
    assert state.params is None and state.gate is None
    assert any("has no params.yaml" in sentence for sentence in state.lacking)
    assert state.test_metrics() == {"f1": None}
    assert state.other_metrics == {"metrics/own.json": {"gap": 1}}
    assert [record["loss"] for record in state.plots["learning_curve"]] == [0.5, 0.5]
    assert state.packages == "a==1\n"


def test_of_a_commit_that_must_be_complete_the_first_absent_file_is_an_error(root: Path) -> None:
    with pytest.raises(DataError, match=r"has no params\.yaml"):
        read_commit(root, commit_all(root), complete=True)


def test_a_curve_that_is_broken_is_named(root: Path) -> None:
    write_text(root / "metrics/live/plots/metrics/valid/loss.tsv", "step\tloss\n0\thigh\n")
    with pytest.raises(DataError, match=r"valid/loss\.tsv of .* is not whole"):
        read_losses(root, commit_all(root))


def test_a_file_is_stale_if_the_lock_has_another_hash(root: Path) -> None:
    commit = commit_all(root)
    text = (root / "metrics/test.json").read_bytes()
    digest = hashlib.md5(text, usedforsecurity=False).hexdigest()
    outs = [{"path": "metrics/test.json", "md5": digest}, {"path": "metrics/data.json", "md5": "0"}]
    assert stale_paths(root, commit, {"evaluate": {"outs": outs}}) == []
    write_json(root / "metrics/test.json", {"metrics": {}, "slices": []})
    shell(root, "git", "commit", "-qam", "Edited")
    assert stale_paths(root, "HEAD", {"evaluate": {"outs": outs}}) == ["metrics/test.json"]


def test_paths_are_declared_as_text_or_with_options() -> None:
    stages = json.loads('{"a": {"outs": ["x", {"y": {"cache": false}}], "deps": ["x", "z"]}}')
    assert declared_paths(stages, "outs", "deps") == ["x", "y", "z"]
