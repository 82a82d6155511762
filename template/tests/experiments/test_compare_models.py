"""Every kind runs once, is ranked by the gate's metric, and differs only where the interval excludes zero."""

import re
import sys
from pathlib import Path

import pytest

from template.tests.support.workspace import attempt, built_copy, shell

COMMAND = (sys.executable, "-m", "lockstep", "compare-models", "--models", "dummy,linear,catboost")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the repository on penguins, built once."""
    return built_copy(tmp_path_factory, "compare_models", model="dummy")


def test_the_ranking_tells_real_differences_and_a_second_run_runs_nothing(root: Path) -> None:
    output = shell(root, *COMMAND, "model.threshold=f1")
    assert len(re.findall("running experiment", output)) == 3
    lines = [line.split() for line in output.splitlines() if re.match(r"\d  ", line)]
    assert {line[1] for line in lines[:2]} == {"linear", "catboost"} and lines[2][1] == "dummy"
    values = [float(line[2]) for line in lines]
    assert values == sorted(values)
    assert lines[2][-1] == "real" and "fail" in lines[2]
    low, high = (float(word) for word in re.findall(r"([+-][\d.]+) to ([+-][\d.]+)", output)[0])
    assert ("not" in lines[1]) == (low <= 0 <= high)
    assert shell(root, "git", "status", "--porcelain") == ""
    second_output = shell(root, *COMMAND, "model.threshold=f1", "--markdown", "ranking.md")
    assert len(re.findall("ran already", second_output)) == 3
    assert "| 3 | `dummy` |" in (root / "ranking.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("models", ["linear,forest", "linear,linear", ""])
def test_an_unknown_or_repeated_kind_is_refused(root: Path, models: str) -> None:
    done = attempt(root, sys.executable, "-m", "lockstep", "compare-models", "--models", models)
    assert done.returncode == 1
    assert done.stderr.startswith("compare-models: --models is ") and "catboost" in done.stderr
