"""A revision is found by its name: an experiment's newest first, then Git's; what it lacks is named."""

from pathlib import Path

import pandas as pd
import pytest

from lockstep.core.errors import DataError, LockstepError
from lockstep.experiments.dvc_experiment import experiment_exists, set_options
from lockstep.experiments.revision import (
    WORKSPACE,
    content,
    experiment_names,
    predictions,
    resolve,
)
from template.tests.support.workspace import shell


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a commit, and one experiment of a name that a branch has too."""
    shell(tmp_path, "git", "init", "-q", "-b", "main")
    (tmp_path / "params.yaml").write_text("seed: 1\n", encoding="utf-8")
    shell(tmp_path, "git", "add", "-A")
    shell(tmp_path, "git", "commit", "-qm", "First")
    shell(tmp_path, "git", "branch", "tuned")
    commit = shell(tmp_path, "git", "commit-tree", "-m", "exp", "-p", "main", "main^{tree}").strip()
    for ref in ("refs/exps/ab/cdef/tuned", "refs/exps/exec/EXEC_APPLY"):
        shell(tmp_path, "git", "update-ref", ref, commit)
    return tmp_path


def test_an_experiment_comes_before_a_branch_of_its_name(root: Path) -> None:
    assert experiment_names(root) == {"tuned"}
    assert resolve(root, "tuned") != resolve(root, "main")
    assert resolve(root, "refs/heads/tuned") == resolve(root, "main")
    assert resolve(root, WORKSPACE) == WORKSPACE


def test_an_unknown_name_is_refused(root: Path) -> None:
    with pytest.raises(LockstepError, match="'nowhere' is no Git revision, experiment or version"):
        resolve(root, "nowhere")
    assert not experiment_exists(root, "nowhere") and experiment_exists(root, "tuned")


def test_a_file_that_is_absent_is_named_with_its_revision(root: Path) -> None:
    assert content(root, "main", "params.yaml") == content(root, WORKSPACE, "params.yaml")
    with pytest.raises(DataError, match=r"main has no dvc\.lock; `dvc repro` there"):
        content(root, "main", "dvc.lock")
    with pytest.raises(DataError, match=r"workspace has no dvc\.lock"):
        content(root, WORKSPACE, "dvc.lock")


def test_the_workspace_s_predictions_are_those_of_its_partitions(root: Path) -> None:
    with pytest.raises(DataError, match="data/predictions is absent"):
        predictions(root, WORKSPACE)
    (root / "data/predictions").mkdir(parents=True)
    for name in ("b", "a"):
        pd.DataFrame({"id": [name]}).to_parquet(root / f"data/predictions/{name}.parquet")
    assert predictions(root, WORKSPACE)["id"].tolist() == ["a", "b"]


def test_overrides_become_options() -> None:
    assert set_options(["seed=1", "model=linear"]) == ["-S", "seed=1", "-S", "model=linear"]
