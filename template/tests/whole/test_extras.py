"""Without the package of an extra all else works, and what needs it says in one line which it is."""

from pathlib import Path

import pytest

from template.tests.support.without import without
from template.tests.support.workspace import built_copy, choose

LINE = "model.kind is 'xgboost', which needs the package xgboost; install the extra xgboost of pyproject"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Penguins with a linear model, built."""
    return built_copy(tmp_path_factory, "extras")


def test_stages_of_another_kind_run_without_xgboost(root: Path) -> None:
    for stage in ("train", "evaluate"):
        done = without(root, "xgboost", f"stages.{stage}")
        assert done.returncode == 0, done.stderr


def test_only_a_kind_that_is_asked_for_by_name_is_missed_in_a_comparison(root: Path) -> None:
    shown = without(root, "xgboost", "lockstep", "compare-models", "--help").stdout
    assert "xgboost" not in shown
    done = without(root, "xgboost", "lockstep", "compare-models", "--models", "dummy,xgboost")
    assert done.returncode == 1 and done.stderr.startswith(f"compare-models: {LINE}")
    assert "running" not in done.stdout


def test_train_search_and_a_bundle_name_the_extra(root: Path) -> None:
    choose(root / "conf/config.yaml", "model", "xgboost")
    assert without(root, "xgboost", "stages.compose").returncode == 0
    done = without(root, "xgboost", "stages.train")
    assert done.returncode == 1
    assert done.stderr.startswith(f"train: {LINE}") and len(done.stderr.splitlines()) == 1
    done = without(root, "xgboost", "lockstep", "search", "--trials", "1")
    assert done.returncode == 1 and done.stderr.startswith(f"search: {LINE}")
    assert without(root, "nothing", "stages.train").returncode == 0
    done = without(root, "xgboost", "stages.evaluate")
    assert done.returncode == 1 and done.stderr.startswith(f"evaluate: {LINE}")
