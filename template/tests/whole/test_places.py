"""A project works where its owner keeps it: a path with any letters, a folder of a larger repository."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from template.tests.support.workspace import attempt, built_copy, replace, shell, started

LOCKSTEP = (sys.executable, "-m", "lockstep")
PLACES = {
    "letters beyond ASCII": "José's étude 1",
    "a folder of a repository": "studies/my study",
}
PARAMETERS = [
    pytest.param("letters beyond ASCII", marks=pytest.mark.slow),
    "a folder of a repository",
]


@pytest.fixture(scope="module", params=PARAMETERS)
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built project, committed: in a repository of its own, or in a folder of a larger one."""
    built = built_copy(tmp_path_factory, "places")
    outer = tmp_path_factory.mktemp("place") / "team"
    root = outer / PLACES[request.param]
    root.parent.mkdir(parents=True)
    shutil.copytree(built, root, symlinks=True)
    if request.param == "a folder of a repository":
        shutil.rmtree(root / ".git")
        (outer / "other.txt").write_text("another team's\n", encoding="utf-8")
        shell(outer, "git", "init", "-q")
        shell(outer, "git", "add", "-A")
        shell(outer, "git", "commit", "-qm", "All studies")
    return root


def test_nothing_reruns_and_the_check_passes(project: Path) -> None:
    assert started(shell(project, "dvc", "repro")) == []
    assert "are in order" in shell(project, *LOCKSTEP, "check")
    assert shell(project, *LOCKSTEP, "heal") == ""


def test_promotion_comparison_review_and_prediction_work(project: Path) -> None:
    shell(project, *LOCKSTEP, "promote", "--yes")
    pointer = project / "models/champion.yaml"
    assert "v1.0.0" in pointer.read_text(encoding="utf-8")
    assert shell(project, "git", "status", "--porcelain", "--", ".") == ""
    base = shell(project, "git", "rev-parse", "HEAD").strip()

    replace(project / "conf/model/linear.yaml", "C: 1.0", "C: 0.0001")
    shell(project, "dvc", "repro")
    assert json.loads((project / "metrics/gate.json").read_text("utf-8"))["champion"]["metrics"]
    shell(project, "git", "add", "-A", ".")
    shell(project, "git", "commit", "-qm", "A weaker model")
    compared = shell(project, *LOCKSTEP, "compare", base)
    assert "model.params.C" in compared and "worse" in compared
    shell(project, *LOCKSTEP, "review", "--base", base, "--output", "reports/review")
    report = (project / "reports/review/report.md").read_text(encoding="utf-8")
    assert "conf/model/linear.yaml" in report and "worse" in report
    new = project / "data/raw/penguins/penguins.csv"
    assert attempt(project, *LOCKSTEP, "predict", str(new), "out.csv").returncode == 0
    assert attempt(project, *LOCKSTEP, "rollback", "--yes").returncode == 1, "there is one version"


def test_an_experiment_leaves_the_rest_of_the_repository_alone(project: Path) -> None:
    shell(project, "dvc", "exp", "run", "-S", "model=dummy")
    if (project / ".git").exists():  # in its temporary copies DVC writes no path beyond ASCII
        return
    shell(project, "dvc", "exp", "run", "--temp", "-S", "seed=2")
    outer = shell(project, "git", "status", "--porcelain").splitlines()
    assert outer and not [line for line in outer if "other.txt" in line]
