"""`python -m lockstep`: every command is listed, a mistyped one is answered by the nearest."""

import importlib
import subprocess
import sys

import pytest

from lockstep.cli.commands import COMMANDS, unknown, usage
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
