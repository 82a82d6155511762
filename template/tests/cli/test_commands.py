"""`python -m lockstep`: every command is listed, a mistyped one is answered by the nearest."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lockstep.cli.commands import COMMANDS, unknown, usage
from lockstep.core.exclusive import exclusive
from template.tests.support.workspace import attempt
from tests.closure import ROOT


def test_the_help_has_a_line_for_each_command() -> None:
    lines = usage().splitlines()
    for name, command in COMMANDS.items():
        assert [line.split()[0] for line in lines if line.startswith(f"  {name} ")] == [name]
        assert len(command.summary) < 80


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_a_module_with_a_main(name: str) -> None:
    module = importlib.import_module(f"lockstep.{COMMANDS[name].module}")
    assert callable(module.main)


@pytest.mark.parametrize(
    ("typed", "nearest"), [("prommote", "promote"), ("compare_models", "compare-models")]
)
def test_a_mistyped_command_is_answered_by_the_nearest(typed: str, nearest: str) -> None:
    assert unknown(typed) == f"lockstep: there is no command {typed!r}; did you mean {nearest}?"


def test_what_resembles_no_command_points_to_the_help() -> None:
    assert unknown("xyzzy").endswith("`python -m lockstep --help` lists them")


def test_an_unknown_command_exits_2_in_one_line() -> None:
    done = attempt(ROOT, sys.executable, "-m", "lockstep", "chekc")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "lockstep: there is no command 'chekc'; did you mean check?\n"


def test_the_help_of_a_command_names_how_it_is_typed() -> None:
    shown = attempt(ROOT, sys.executable, "-m", "lockstep", "predict", "--help").stdout
    assert shown.startswith("usage: python -m lockstep predict ")


def test_listing_the_commands_loads_none_of_their_libraries() -> None:
    code = (
        "import sys; from lockstep.cli.commands import usage; usage();"
        "print(sorted({'dvc', 'pandas', 'optuna', 'hydra', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


CHANGING = sorted(name for name, command in COMMANDS.items() if command.changes)


@pytest.mark.parametrize("name", CHANGING)
def test_a_second_command_is_told_who_is_at_work_and_changes_nothing(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "lockstep").symlink_to(ROOT / "lockstep")
    with exclusive(tmp_path, COMMANDS[name].changes):
        busy = attempt(tmp_path, sys.executable, "-m", "lockstep", name, "argument")
        assert busy.returncode == 1 and busy.stderr.startswith(f"{name}: `")
        assert (
            f"(process {os.getpid()}, since " in busy.stderr and len(busy.stderr.splitlines()) == 1
        )
        asked = attempt(tmp_path, sys.executable, "-m", "lockstep", name, "--help")
        assert asked.returncode == 0 and "usage:" in asked.stdout


def test_what_a_killed_command_left_is_undone_by_the_next_that_changes_the_project(
    tmp_path: Path,
) -> None:
    (tmp_path / "lockstep").symlink_to(ROOT / "lockstep")
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf/a.yaml").write_text("old", encoding="utf-8")
    code = (
        "import os; from pathlib import Path; from lockstep.repository.placing import all_or_none\n"
        "with all_or_none(Path(), 'save-params', ['conf/a.yaml']):\n"
        "    Path('conf/a.yaml').write_text('half'); os.kill(os.getpid(), 9)"
    )
    assert attempt(tmp_path, sys.executable, "-c", code).returncode == -9
    assert (tmp_path / "conf/a.yaml").read_text(encoding="utf-8") == "half"
    done = attempt(tmp_path, sys.executable, "-m", "lockstep", "save-params")
    assert "a killed `save-params` was undone" in done.stdout
    assert (tmp_path / "conf/a.yaml").read_text(encoding="utf-8") == "old"
