"""A kept trial is an experiment whose metrics on valid must be those that the search measured."""

from pathlib import Path
from typing import Any

import pytest

from lockstep.core.errors import LockstepError
from lockstep.core.files import write_json
from lockstep.search.keep import keep_trial
from lockstep.search.trial import Trial
from template.tests.support.workspace import shell

PLAN: Any = type("Plan", (), {"name": "birds", "search": type("S", (), {"metric": "f1"})})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository that has the experiment of trial 3 already."""
    shell(tmp_path, "git", "init", "-q")
    write_json(tmp_path / "metrics/train.json", {"valid": {"f1": 0.5}})
    write_json(tmp_path / "metrics/test.json", {"metrics": {"f1": 0.25}})
    shell(tmp_path, "git", "add", "-A")
    shell(tmp_path, "git", "commit", "-qm", "Run")
    shell(tmp_path, "git", "update-ref", "refs/exps/ab/cdef/birds-3", "HEAD")
    return tmp_path


def trial(f1: float) -> Trial:
    """Return the trial with this metric."""
    return Trial(3, "complete", f1, 1.0, {"depth": 4}, {"f1": f1}, None)


def test_an_experiment_that_agrees_is_named_with_both_splits(root: Path) -> None:
    line = keep_trial(trial(0.5), PLAN, [], root)
    assert line == "birds-3: f1 of valid 0.5, the search saw 0.5; of test 0.250000"


def test_an_experiment_that_differs_is_an_error(root: Path) -> None:
    with pytest.raises(LockstepError, match=r"birds-3: f1 of valid is 0\.5, the search saw 0\.75"):
        keep_trial(trial(0.75), PLAN, [], root)
