"""`dvc repro` rebuilds exactly what a change touches: real DVC in a temporary Git repository."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.closure import ROOT

DATA = ["ingest", "validate_data", "preprocess", "featurize", "split"]
TRAIN = ["train", "evaluate", "validate_model", "register", "log_metadata", "report"]
GATE = ["validate_model", "register", "log_metadata", "report"]


def shell(folder: Path, *command: str) -> str:
    """Run a command in a folder with this interpreter's programs first; its output on success."""
    bin_folder = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": bin_folder + os.pathsep + os.environ["PATH"]}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def ran(folder: Path, *arguments: str) -> list[str]:
    """The stages that `dvc repro` ran."""
    return re.findall(r"Running stage '(\w+)'", shell(folder, "dvc", "repro", *arguments))


def replace(file: Path, old: str, new: str) -> None:
    """Edit a file that must hold the old text."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file} lacks {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def comment(file: Path) -> None:
    """Append a comment, which changes a file's hash and nothing else."""
    file.write_text(file.read_text(encoding="utf-8") + "# a comment\n", encoding="utf-8")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This repository's files, on penguins, in a Git repository of their own, built once."""
    folder = tmp_path_factory.mktemp("built")
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if name != "dvc.lock" and (ROOT / name).is_file() and "data/raw/flights" not in name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    replace(folder / "conf/config.yaml", "dataset: flights", "dataset: penguins")
    replace(folder / "conf/config.yaml", "split: temporal", "split: stratified")
    replace(folder / "conf/config.yaml", "model: catboost", "model: linear")
    replace(folder / "conf/config.yaml", "seed: 42", "seed: 42\n")
    shell(folder, "git", "init", "-q")
    shell(folder, "git", "config", "user.email", "test@example.org")
    shell(folder, "git", "config", "user.name", "Test")
    assert ran(folder) == ["compose", *DATA, *TRAIN]
    shell(folder, "git", "add", "-A")
    shell(folder, "git", "commit", "-qm", "Built")
    return folder


CHANGES: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "nothing": (lambda r: None, []),
    "a README": (lambda r: comment(r / "README.md"), []),
    "a comment in conf": (lambda r: comment(r / "conf/model/linear.yaml"), ["compose"]),
    "an engine setting": (
        lambda r: replace(r / "conf/engine/inline.yaml", "threads: 2", "threads: 1"),
        ["compose"],
    ),
    "a gate threshold": (
        lambda r: replace(
            r / "conf/gate/default.yaml", "worst_slice_drop: 0.5", "worst_slice_drop: 0.4"
        ),
        ["compose", *GATE],
    ),
    "the gates' code": (lambda r: comment(r / "pipeline/gates.py"), GATE),
    "the report's stage": (lambda r: comment(r / "stages/report.py"), ["report"]),
    "a model parameter": (
        lambda r: replace(r / "conf/model/linear.yaml", "params: {}", "params: {C: 0.5}"),
        ["compose", *TRAIN],
    ),
    "the leakage check's code": (lambda r: comment(r / "pipeline/leakage.py"), TRAIN),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_a_change_reruns_exactly_what_depends_on_it(built: Path, change: str) -> None:
    edit, expected = CHANGES[change]
    edit(built)
    try:
        stages = ran(built)
        if change != "nothing" and stages:
            # A stage whose inputs come out the same is not run again: only those that follow may lack.
            assert stages[0] == expected[0]
        assert set(stages) <= set(expected)
        assert bool(stages) == bool(expected)
    finally:
        shell(built, "git", "checkout", "-q", ".")
        shell(built, "dvc", "checkout", "-q")


def test_force_gives_the_same_lock(built: Path) -> None:
    before = (built / "dvc.lock").read_bytes()
    shell(built, "dvc", "repro", "--force")
    assert (built / "dvc.lock").read_bytes() == before


def test_an_experiment_keeps_its_override(built: Path) -> None:
    shell(built, "dvc", "exp", "run", "-S", "seed=7", "-n", "seven")
    try:
        assert "seed: 7" in (built / "params.yaml").read_text(encoding="utf-8")
    finally:
        shell(built, "git", "checkout", "-q", ".")
        shell(built, "dvc", "checkout", "-q")
