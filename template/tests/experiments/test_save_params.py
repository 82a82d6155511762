"""save-params writes an experiment's parameters as one preset and puts it in force, or changes nothing."""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lockstep.core.errors import ConfigError
from lockstep.experiments.preset import make_preset
from lockstep.experiments.save_params import find_applied, read_params, write_preset
from template.tests.support.workspace import (
    attempt,
    built_copy,
    contents,
    environment,
    replace,
    shell,
    started,
)

SAVE = (sys.executable, "-m", "lockstep", "save-params")
PRESET = """\
# @package _global_
# Parameters of the experiment winner: dvc exp run -S experiment=winner
defaults:
- override /model: linear
dataset:
  slices:
  - sex
  - island
model:
  params:
    C: 0.5
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built repository with two experiments; the second went no further than compose."""
    root = built_copy(tmp_path_factory, "save_params", model="dummy")
    overrides = ["model=linear", "model.params.C=0.5", "dataset.slices=[sex,island]"]
    sets = [word for override in overrides for word in ("-S", override)]
    shell(root, "dvc", "exp", "run", "--name", "winner", *sets)
    shell(root, "git", "reset", "-q", "--hard")
    second = ("--temp", "--name", "second", "-S", "seed=7", "compose")
    shell(root, "dvc", "exp", "run", *second)
    return root


@pytest.fixture
def root(built: Path) -> Path:
    """The same, brought back to its commit."""
    shell(built, "git", "reset", "-q", "--hard")
    shell(built, "git", "clean", "-qfd")
    shell(built, "dvc", "checkout", "-q", "--force")
    return built


def changed_files(root: Path) -> list[str]:
    """Return the files of conf/ that differ from the commit."""
    status = shell(root, "git", "status", "--porcelain", "--untracked-files=all", "--", "conf")
    return [line[3:] for line in status.splitlines()]


def changed_menu(root: Path) -> list[str]:
    """Return the lines of conf/config.yaml that differ from the commit."""
    lines = shell(root, "git", "diff", "-U0", "HEAD", "--", "conf/config.yaml").splitlines()
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


def check_saved(root: Path) -> None:
    """Check that the preset is written and in force, and nothing else of conf/ differs."""
    assert changed_files(root) == ["conf/config.yaml", "conf/experiment/winner.yaml"]
    assert (root / "conf/experiment/winner.yaml").read_text(encoding="utf-8") == PRESET
    old, new = changed_menu(root)
    assert old.startswith("-  - experiment: null  # -S experiment=NAME")
    assert new.startswith("+  - experiment: winner") and new.split("#")[1] == old.split("#")[1]


def test_an_applied_experiment_is_saved_under_its_name_and_nothing_runs_anew(root: Path) -> None:
    shell(root, "dvc", "exp", "apply", "winner")
    before = contents(root)
    assert find_applied(root) == "winner"
    assert "next:" not in shell(root, *SAVE, "--yes")
    check_saved(root)
    assert set(started(shell(root, "dvc", "repro"))) <= {"compose"}
    after = contents(root)
    changed = {name for name in before | after if before.get(name) != after.get(name)}
    assert changed == {"params.yaml", "dvc.lock"}  # the digest of conf/ alone
    assert "already composes" in shell(root, *SAVE)


def test_one_that_is_not_applied_is_what_the_next_repro_makes(root: Path) -> None:
    assert "next: `dvc repro`" in shell(root, *SAVE, "winner", "--yes")
    check_saved(root)
    stages = set(started(shell(root, "dvc", "repro")))
    assert not stages & {"ingest", "split", "validate_model", "register", "report"}  # cached by DVC
    winner = shell(root, "git", "for-each-ref", "--format=%(objectname)", "refs/exps/*/*/winner")
    assert shell(root, "git", "diff", winner.strip(), "--", "metrics", "reports") == ""


def test_the_name_can_be_another_but_no_other_preset_s(root: Path) -> None:
    other = root / "conf/experiment/deeper.yaml"
    other.write_text("# @package _global_\nseed: 1\n", encoding="utf-8")
    done = attempt(root, *SAVE, "second", "--name", "deeper", "--yes")
    assert done.returncode == 1 and done.stderr.endswith("give another --name, or --force\n")
    assert "seed: 1" in other.read_text(encoding="utf-8") and changed_menu(root) == []
    shell(root, *SAVE, "second", "--name", "deeper", "--yes", "--force")
    assert other.read_text(encoding="utf-8").endswith("\nseed: 7\n")


def test_without_a_terminal_it_shows_the_preset_and_changes_nothing(root: Path) -> None:
    done = attempt(root, *SAVE, "winner")
    assert done.returncode == 1 and "give --yes" in done.stderr
    assert done.stdout == (
        f"conf/experiment/winner.yaml:\n{PRESET}\nconf/config.yaml: experiment: null -> winner\n"
    )
    assert "--dry-run" in shell(root, *SAVE, "winner", "--dry-run")
    assert shell(root, "git", "status", "--porcelain") == ""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("answer", ["n", "y"])
def test_on_a_terminal_it_asks(root: Path, answer: str) -> None:
    import pty  # Windows has none

    master, terminal = pty.openpty()
    os.write(master, f"{answer}\n".encode())
    done = subprocess.run(
        [*SAVE, "winner"],
        cwd=root,
        env=environment(),
        stdin=terminal,
        capture_output=True,
        text=True,
    )
    os.close(master)
    os.close(terminal)
    assert done.returncode == 0 and "[y/N]" in done.stdout
    assert bool(changed_files(root)) == (answer == "y")


@pytest.mark.parametrize("applied", [True, False])
@pytest.mark.parametrize("n_written", [1, 2])
def test_killed_between_two_files_conf_composes_and_the_same_command_goes_on(
    root: Path, n_written: int, applied: bool
) -> None:
    if applied:
        shell(root, "dvc", "exp", "apply", "winner")
    arguments = ["--yes"] if applied else ["winner", "--yes"]
    params_to_save, _ = read_params(root, "winner")
    start = {name: (root / name).read_bytes() for name in ("conf/config.yaml", "params.yaml")}
    write_preset(root, make_preset(root, "winner", "winner", params_to_save))
    for name in list(start)[n_written - 1 :]:  # as it is after a kill behind the n-th file
        (root / name).write_bytes(start[name])
    composed = shell(root, *SAVE, *arguments)
    check_saved(root)
    assert ("already composes" in composed) == (n_written == 2)
    shell(root, "dvc", "repro", "compose")
    assert read_params(root, None)[0] == params_to_save


def test_a_file_that_cannot_be_written_leaves_the_preset_out_of_force(
    root: Path, tmp_path: Path
) -> None:
    for name in ("conf", "lockstep"):
        shutil.copytree(root / name, tmp_path / name)
    params_to_save, _ = read_params(root, "winner")
    preset = make_preset(tmp_path, "winner", "winner", params_to_save)
    menu = (tmp_path / "conf/config.yaml").read_bytes()
    assert len(preset.text) < len(preset.menu)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(preset.menu) - 1, limits[1]))
    try:
        with pytest.raises(
            OSError
        ):  # the preset has room, the new text of conf/config.yaml has not
            write_preset(tmp_path, preset)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "conf/config.yaml").read_bytes() == menu


def test_an_unknown_name_lists_the_known_ones(root: Path) -> None:
    done = attempt(root, *SAVE, "loser")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "save-params: 'loser' is no experiment and no Git revision; experiments: second, winner\n"
    )


@pytest.mark.parametrize("arguments", [("--name", "mine"), ("winner",)])
def test_it_refuses_parameters_of_another_conf(root: Path, arguments: tuple[str, ...]) -> None:
    replace(root / "conf/config.yaml", "seed: 42", "seed: 43")
    done = attempt(root, *SAVE, *arguments, "--yes")
    assert done.returncode == 1 and "was not composed from" in done.stderr
    assert changed_menu(root) == ["-seed: 42", "+seed: 43"]
    assert changed_files(root) == ["conf/config.yaml"]


def test_parameters_of_no_experiment_need_a_name(root: Path) -> None:
    replace(root / "params.yaml", "seed: 42", "seed: 43")
    with pytest.raises(ConfigError, match="give the preset's with --name"):
        find_applied(root)
    shell(root, *SAVE, "--name", "seeded", "--yes")
    assert (
        (root / "conf/experiment/seeded.yaml").read_text(encoding="utf-8").endswith("\nseed: 43\n")
    )
