"""Killed at any moment, nothing half-written counts: the next `dvc repro` makes the same dvc.lock."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from template.tests.support.workspace import (
    attempt,
    built_copy,
    contents,
    environment,
    replace,
    restore,
    shell,
)
from tests.test_dvc_yaml import STAGES

# Lies on PYTHONPATH of the killed process alone: SIGKILL where a stage would rename what it wrote.
KILLER = """
import os, pathlib, signal, sys

if "stages." + os.environ.get("KILL_STAGE", "") in sys.orig_argv:
    def die(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGKILL)

    os.replace = die
"""
# The same, for CatBoost: a snapshot after every tree, death after the fortieth.
SNAPSHOTS = """
import os, signal, sys

if "stages.train" in sys.orig_argv:
    import lockstep.models.catboost as module

    module.SNAPSHOT_SECONDS = 0
    real, calls = module.LossCallback.after_iteration, 0

    def after_iteration(self, info):
        global calls
        calls += 1
        if os.environ.get("KILL_AFTER") == str(calls):
            os.kill(os.getpid(), signal.SIGKILL)
        going_on = real(self, info)
        with open(os.environ["CALLS"], "w") as stream:
            stream.write(str(calls))
        return going_on

    module.LossCallback.after_iteration = after_iteration
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository on penguins with CatBoost, built once."""
    return built_copy(tmp_path_factory, "killed", model="catboost")


@pytest.fixture(scope="module")
def built(root: Path) -> dict[str, bytes]:
    """What the undisturbed run made."""
    return contents(root)


@pytest.fixture(autouse=True)
def unchanged(root: Path, built: dict[str, bytes]) -> None:
    """Every test starts from the last commit."""
    if contents(root) != built or shell(root, "git", "status", "--porcelain"):
        restore(root)


def sitecustomized(folder: Path, code: str, **variables: str) -> dict[str, str]:
    """The environment of a process that runs this code before anything else."""
    (folder / "sitecustomize.py").write_text(code, encoding="utf-8")
    return {**environment(), "PYTHONPATH": str(folder), **variables}


def run(root: Path, variables: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the repository with this environment."""
    return subprocess.run(
        command, cwd=root, env=variables, capture_output=True, text=True, check=False
    )


def killed(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether DVC says so of the stage: a shell that stands between gives 128 + 9."""
    return (
        done.returncode != 0 and re.search(r"exited with (-9|137)$", done.stderr, re.M) is not None
    )


@pytest.mark.parametrize("stage", STAGES)
def test_after_kill_9_in_a_stage_the_next_repro_makes_the_same(
    root: Path, built: dict[str, bytes], tmp_path: Path, stage: str
) -> None:
    if stage == "compose":  # it leaves a current params.yaml alone
        (root / "params.yaml").unlink()
    killer = sitecustomized(tmp_path, KILLER, KILL_STAGE=stage)
    done = run(root, killer, "dvc", "repro", "--force", "--single-item", stage)
    assert killed(done)
    assert list(root.rglob("*.part")) != [], "it was not killed while it wrote"
    assert (root / "dvc.lock").read_bytes() == built["dvc.lock"]
    shell(root, "dvc", "repro")
    for left in root.rglob(
        "*.part"
    ):  # beside an output that is a file; within a folder, none may be
        assert left.parent.relative_to(root).as_posix() in (
            ".",
            "metrics",
            "metrics/plots",
            "reports",
        )
        left.unlink()
    after = contents(root)
    assert after["dvc.lock"] == built["dvc.lock"]
    assert after == built


def children(process: int) -> list[int]:
    """The processes that a process started."""
    listed = attempt(Path.cwd(), "ps", "-o", "pid=", "--ppid", str(process)).stdout
    return [int(word) for word in listed.split()]


def test_after_kill_9_of_dvc_itself_its_locks_do_not_stop_the_next_repro(
    root: Path, built: dict[str, bytes]
) -> None:
    shutil.rmtree(root / ".cache/snapshots", ignore_errors=True)  # of a stage killed before
    replace(root / "conf/model/catboost.yaml", "iterations: 100", "iterations: 20000")
    process = subprocess.Popen(
        ["dvc", "repro"],
        cwd=root,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not any((root / ".cache/snapshots").glob("*")) and time.monotonic() < deadline:
        time.sleep(0.1)
    stages = [child for shell in children(process.pid) for child in [shell, *children(shell)]]
    for one in (process.pid, *stages):
        os.kill(one, signal.SIGKILL)
    process.wait()
    assert stages, "dvc had no stage running"
    assert any((root / ".cache/snapshots").glob("*")), "training had not begun"
    shell(root, "git", "checkout", "-q", "--", "conf")
    shell(root, "dvc", "repro")
    assert contents(root) == built


def test_a_training_that_was_killed_goes_on_from_its_snapshot_to_the_same_bytes(
    root: Path, built: dict[str, bytes], tmp_path: Path
) -> None:
    shutil.rmtree(root / ".cache/snapshots", ignore_errors=True)
    calls = tmp_path / "calls"
    killer = sitecustomized(tmp_path, SNAPSHOTS, CALLS=str(calls), KILL_AFTER="40")
    killer["PYTHONPATH"] += os.pathsep + str(root)
    command = ("dvc", "repro", "--force", "--single-item", "train")
    assert killed(run(root, killer, *command))
    assert calls.read_text() == "39"
    assert len(list(root.glob(".cache/snapshots/*/training.cbsnapshot"))) == 1
    gentle = {**killer, "KILL_AFTER": ""}
    again = run(root, gentle, *command)
    assert again.returncode == 0, again.stderr
    assert 50 <= int(calls.read_text()) <= 70, "it did not go on from the snapshot"
    assert list(root.glob(".cache/snapshots/*")) == []
    after = contents(root)
    assert after["dvc.lock"] == built["dvc.lock"]
    assert after == built


def test_a_spoilt_snapshot_does_not_stop_the_next_training(
    root: Path, built: dict[str, bytes], tmp_path: Path
) -> None:
    shutil.rmtree(root / ".cache/snapshots", ignore_errors=True)
    killer = sitecustomized(tmp_path, SNAPSHOTS, CALLS=str(tmp_path / "calls"), KILL_AFTER="40")
    killer["PYTHONPATH"] += os.pathsep + str(root)
    assert run(root, killer, sys.executable, "-m", "stages.train").returncode == -9
    (snapshot,) = root.glob(".cache/snapshots/*/training.cbsnapshot")
    snapshot.write_bytes(b"")
    shell(root, sys.executable, "-m", "stages.train")
    assert contents(root) == built
