"""Sweeps through DVC's queue end in experiments to show, apply, branch, push and pull."""

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from template.tests.support.workspace import (
    ROOT,
    attempt,
    built_copy,
    environment,
    replace,
    restore,
    shell,
    started,
)

QUEUE = ("dvc", "exp", "run", "--queue")
GRID = ("-S", "model=linear", "-S", "model.params.C=0.5,2", "-S", "seed=1,2")
GROUPS = ("-S", "experiment=penguins_linear", "-S", "model=linear,dummy")


def finished(root: Path) -> str:
    """Start two workers and wait until the queue is done; what it says then."""
    subprocess.run(
        ["dvc", "queue", "start", "-j", "2"],
        cwd=root,
        env=environment(),
        check=True,
        stdout=subprocess.DEVNULL,  # the workers inherit it and outlive the command
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        status = shell(root, "dvc", "queue", "status")
        if "Queued" not in status and "Running" not in status:
            return status
        time.sleep(1)
    raise AssertionError(f"the queue did not end:\n{status}")


def params(root: Path, name: str) -> str:
    """An experiment's params.yaml."""
    found = shell(root, "git", "for-each-ref", "--format=%(objectname)", f"refs/exps/*/*/{name}")
    return shell(root, "git", "show", f"{found.strip()}:params.yaml")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built repository with a bare Git remote, a DVC remote, and a grid that ran in the queue.

    Between queueing and running, the main checkout's own code was spoilt.
    """
    folder = built_copy(tmp_path_factory, "sweeps", model="dummy")
    home = folder.parent
    shell(home, "git", "init", "-q", "--bare", "origin.git")
    shell(folder, "git", "remote", "add", "origin", str(home / "origin.git"))
    shell(folder, "dvc", "remote", "add", "--default", "storage", str(home / "storage"))
    shell(folder, "git", "commit", "-qam", "Remote")
    shell(folder, "git", "push", "-q", "origin", "HEAD:main")
    shell(folder, *QUEUE, "--name", "grid", *GRID)
    shell(folder, *QUEUE, "--name", "groups", *GROUPS)
    replace(folder / "stages/train.py", "def main() -> None:", "def main() -> None:\n    spoilt()")
    status = finished(folder)
    assert status.count("Success") == 6, status
    restore(folder)
    return folder


@pytest.fixture(autouse=True)
def unchanged(root: Path) -> None:
    """Every test starts from the last commit."""
    restore(root)


def test_a_grid_and_a_sweep_of_groups_ran_each_with_its_own_code(root: Path) -> None:
    found = {name: params(root, name) for name in ("grid-1", "grid-2", "grid-3", "grid-4")}
    values = [("C: 2.0" in text or "C: 2\n" in text, "seed: 2" in text) for text in found.values()]
    assert values == [(False, False), (False, True), (True, False), (True, True)]
    assert "kind: linear" in params(root, "groups-1") and "kind: dummy" in params(root, "groups-2")


def test_a_range_is_a_sweep(root: Path) -> None:
    said = shell(root, *QUEUE, "-S", "model=catboost", "-S", "model.params.depth=range(4,9)")
    shell(root, "dvc", "queue", "remove", "--all")
    assert said.count("Queued experiment") == 5


def test_a_bad_value_anywhere_in_a_sweep_is_refused_before_anything_is_queued(root: Path) -> None:
    done = attempt(root, *QUEUE, "-S", "model=linear", "-S", "split.valid_share=0.2,2")
    assert done.returncode != 0
    assert "split.valid_share=2" in done.stderr and "allowed: 0.01 to 0.9" in done.stderr
    assert "nothing was queued" in done.stderr
    assert "Queued" not in shell(root, "dvc", "queue", "status")


def test_a_failed_trial_says_why_in_its_log(root: Path) -> None:
    replace(root / "recipes/penguins.py", "return frame", 'return frame.drop(columns="sex")')
    shell(root, *QUEUE, "--name", "broken", "-S", "seed=9")
    restore(root)
    assert "Failed" in finished(root)
    log = shell(root, "dvc", "queue", "logs", "broken")
    assert "recipes/penguins.py" in log and "sex" in log
    shell(root, "dvc", "queue", "remove", "--failed")


def test_an_experiment_is_applied_and_the_next_repro_has_nothing_to_do(root: Path) -> None:
    shell(root, "dvc", "exp", "apply", "grid-3")
    assert started(shell(root, "dvc", "repro")) == []
    assert (root / "params.yaml").read_text(encoding="utf-8") == params(root, "grid-3")


def test_an_experiment_becomes_a_branch(root: Path) -> None:
    shell(root, "dvc", "exp", "branch", "grid-4", "kept")
    assert "seed: 2" in shell(root, "git", "show", "kept:params.yaml")


def test_a_second_clone_pulls_what_was_pushed(root: Path, tmp_path: Path) -> None:
    shell(root, "dvc", "push", "-q")
    shell(root, "dvc", "exp", "push", "-q", "origin", "grid-1")
    clone = tmp_path / "clone"
    shell(tmp_path, "git", "clone", "-q", "-b", "main", str(root.parent / "origin.git"), str(clone))
    shell(clone, "dvc", "exp", "pull", "-q", "origin", "grid-1")
    shell(clone, "dvc", "exp", "apply", "grid-1")
    assert list((clone / "models/registered").iterdir()) != []
    assert started(shell(clone, "dvc", "repro")) == []


def table(root: Path) -> list[str]:
    """The columns of `make experiments`, whose recipe is run as it stands in the Makefile."""
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    recipe = lines[next(i for i, one in enumerate(lines) if one.startswith("experiments:")) + 1]
    command = recipe.strip().lstrip("@").replace("$$", "$")
    return shell(root, "sh", "-c", f"{command} --csv").splitlines()[0].split(",")


def test_experiments_are_shown_with_what_differs_among_them_alone(root: Path) -> None:
    columns = table(root)
    assert {"Experiment", "metrics.log_loss", "valid.log_loss", "seed", "model.params.C"} <= set(
        columns
    )
    assert len(columns) <= 25, columns
    assert not [name for name in columns if name.startswith(("dataset.", "stages/", "data/"))]


def test_the_sweep_is_listed_by_the_names_it_was_given(root: Path) -> None:
    listed: Any = json.loads(shell(root, "dvc", "exp", "show", "--json"))
    runs = [one["revs"][0] for row in listed for one in row["experiments"] or []]
    assert {run["name"] for run in runs} >= {"grid-1", "grid-4", "groups-2"}
