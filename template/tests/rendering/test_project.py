"""What is rendered works: it lints, builds, and passes its own tests, before and after a table is brought."""

import json
import shlex
import shutil
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from template.tests.support.rendering import (
    OWN,
    VARIANTS,
    attempt_at_home,
    render,
    use_this_environment,
)
from template.tests.support.workspace import attempt, shell, started

SPDX = {"Proprietary": "LicenseRef-Proprietary"}
LICENSE_WORDS = {
    "MIT": "MIT License",
    "BSD-3-Clause": "BSD 3-Clause",
    "Apache-2.0": "Apache License",
    "Proprietary": "All rights reserved",
}


def next_commands(output: str) -> list[list[str]]:
    """Return the commands that the hook says to type next, in the shell's words."""
    lines = output.split("Next:\n")[1].splitlines()
    return [shlex.split(line) for line in lines if line.strip()]


def type_command(folder: Path, words: list[str]) -> str:
    """Return what one of the commands prints; make runs it without questions."""
    return shell(folder, *[word.replace("--default", "--default --yes") for word in words])


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_lints(rendered: dict[str, Path], variant: str) -> None:
    shell(rendered[variant], "ruff", "check", "--no-cache", ".")
    shell(rendered[variant], "ruff", "format", "--no-cache", "--check", ".")


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_identity_is_in_its_files(rendered: dict[str, Path], variant: str) -> None:
    root, license = rendered[variant], VARIANTS[variant].get("license", "MIT")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (project["name"], project["license"]) == ("my-study", SPDX.get(license, license))
    own = (root / "LICENSE").read_text(encoding="utf-8")
    assert LICENSE_WORDS[license] in own and "Lockstep" not in own
    assert license == "Apache-2.0" or "The My study authors" in own
    notice = (root / "NOTICE").read_text(encoding="utf-8")
    assert "lockstep/" in notice and "Copyright (c) 2026 The Lockstep maintainers" in notice
    assert ("Everything else is proprietary" in notice) == (license == "Proprietary")
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert readme.startswith("# My study\n") and len(readme.splitlines()) <= 65


@pytest.mark.parametrize("variant", ["defaults", "penguins", "flights-all-gitlab"])
def test_the_card_of_a_model_gets_the_chosen_licence(
    rendered: dict[str, Path], variant: str
) -> None:
    license = VARIANTS[variant].get("license", "MIT").lower()
    for path in (rendered[variant] / "conf/dataset").glob("*.yaml"):
        conf = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert conf["card"]["license"] == license


def test_penguins_build_and_their_tests_pass(rendered: dict[str, Path], tmp_path: Path) -> None:
    root = Path(shutil.copytree(rendered["penguins"], tmp_path / "penguins"))
    assert started(shell(root, "dvc", "repro"))[-1] == "report"
    shell(root, sys.executable, "-m", "pytest", "-n", "0")
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert "Verdict of the gate: **pass**" in readme and "| `log_loss` |" in readme
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "Built")
    shell(root, sys.executable, "-m", "lockstep", "check")


def test_an_own_table_becomes_a_report_by_the_commands_that_are_printed(
    source: Path, tmp_path: Path
) -> None:
    cd, dataset, repro = next_commands(
        render(tmp_path, str(source), {**OWN, "license": "Proprietary"})
    )
    assert (cd, repro) == (["cd", "my-study"], ["make", "repro"])
    root = tmp_path / cd[1]
    use_this_environment(root)
    type_command(root, dataset)
    assert started(type_command(root, repro))[-1] == "report"
    assert json.loads((root / "metrics/gate.json").read_text(encoding="utf-8"))["verdict"] == "pass"
    assert "came back" in (root / "reports/report.html").read_text(encoding="utf-8")
    assert "license: other" in (root / "reports/model_card.md").read_text(encoding="utf-8")
    readme = (root / "README.md").read_text(encoding="utf-8")
    assert "900 rows and 5 columns of `Visits 2023.csv`" in readme
    assert "Verdict of the gate: **pass**" in readme
    shell(root, "make", "test")


def test_without_a_table_each_command_says_how_to_bring_one(
    rendered: dict[str, Path], tmp_path: Path
) -> None:
    root = Path(shutil.copytree(rendered["own-later"], tmp_path / "own"))
    repro = attempt(root, "dvc", "repro")
    assert repro.returncode != 0 and "no data set yet; `make dataset ARGS=" in repro.stderr
    tests = attempt(root, sys.executable, "-m", "pytest", "-n", "0")
    assert tests.returncode != 0 and "`make dataset` makes one" in tests.stdout + tests.stderr


def test_without_an_identity_of_git_everything_runs_and_the_hook_says_what_to_type(
    source: Path, tmp_path: Path
) -> None:
    nobody = [
        f"GIT_{role}_{part}" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
    ]
    unset = ["env", *(word for name in nobody for word in ("-u", name))]
    answers = ("dataset=penguins", "ci=none")
    done = attempt_at_home(tmp_path, *unset, "cookiecutter", "--no-input", str(source), *answers)
    assert done.returncode == 0 and "git config user.name" in done.stdout
    root = tmp_path / "my-study"
    repro = attempt_at_home(root, *unset, "dvc", "repro")
    assert repro.returncode == 0, repro.stderr
    assert (root / "reports/report.html").exists()
    assert attempt(root, "git", "rev-parse", "HEAD").returncode != 0, "nothing was committed"


@pytest.mark.slow
def test_penguins_make_repro_and_make_test_in_a_new_environment(
    source: Path, tmp_path: Path
) -> None:
    render(tmp_path, str(source), {"dataset": "penguins"})
    shell(tmp_path / "my-study", "make", f"PYTHON={sys.executable}", "repro", "test")
