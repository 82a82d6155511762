"""adopt writes an experiment's parameters into conf/ in the intended lines alone, or changes nothing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from lockstep.composition.compose import compose
from lockstep.composition.conf_files import adopted, composed, diff, read
from lockstep.core.errors import ConfigError
from lockstep.experiments.save_params import replace as write_all
from template.tests.support.workspace import (
    attempt,
    built_copy,
    choose,
    contents,
    environment,
    replace,
    shell,
    started,
)
from tests.closure import ROOT

ADOPT = (sys.executable, "-m", "lockstep", "save-params")


def params(conf: Path, *overrides: str) -> dict[str, Any]:
    """What params.yaml would hold with these overrides, the digest aside."""
    config: Any = OmegaConf.to_container(compose(list(overrides), root=conf.parent))
    config.pop("conf_digest")
    return dict(config)


def changes(conf: Path, wanted: dict[str, Any]) -> list[str]:
    """The lines taken out and put in, without the files' names."""
    lines = diff(read(conf), adopted(conf, wanted))
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


FLIGHTS = pytest.mark.skipif(
    not (ROOT / "conf/experiment/flights_forest.yaml").exists(), reason="there are no flights here"
)
LIMITS = [
    f"{sign}limits: {{{now}}}  # absolute, by metric: {{roc_auc: 0.7, log_loss: 0.5}}"
    for sign, now in (
        ("-", "calibration_error: 0.05"),
        ("+", "calibration_error: 0.05, roc_auc: 0.7"),
    )
]


@pytest.fixture
def conf(tmp_path: Path) -> Path:
    """A copy of conf/ to change, whatever model, gate and preset are in force here."""
    copied = shutil.copytree(ROOT / "conf", tmp_path / "conf")
    for group, name in (("model", "catboost"), ("gate", "default"), ("experiment", "null")):
        choose(copied / "config.yaml", group, name)
    return copied


@pytest.mark.parametrize(
    ("overrides", "lines"),
    [
        ([], []),
        (["model.params.depth=8"], ["-  depth: 6", "+  depth: 8"]),
        (["seed=7"], ["-seed: 42", "+seed: 7"]),
        (
            ["+model.params.l2_leaf_reg=1e-05", "~model.params.max_ctr_complexity"],
            ["-  max_ctr_complexity: 1", "+  l2_leaf_reg: 1.0e-05"],
        ),
        (
            ["model=random_forest", "model.params.max_depth=null"],
            [
                "-  - model: catboost", "+  - model: random_forest",
                "-  max_depth: 14", "+  max_depth: null",
            ],
        ),
        (["+gate.limits.roc_auc=0.7"], LIMITS),
        (["+dataset.checks.columns.x={type: int}"], ["+    x: {type: int}"]),
        pytest.param(
            ["experiment=flights_forest"],
            ["-  - model: catboost", "+  - model: random_forest", "+class_weights: balanced"],
            marks=FLIGHTS,
        ),
        (["debug=few_trees"], ["-  iterations: 100", "+  iterations: 10"]),
    ],
)  # fmt: skip
def test_only_the_intended_lines_change(conf: Path, overrides: list[str], lines: list[str]) -> None:
    assert changes(conf, params(conf, *overrides)) == lines


def test_keys_with_dots_and_spaces_are_keys(conf: Path) -> None:
    wanted = params(conf)
    wanted["dataset"]["checks"]["columns"]["a.b c"] = {"type": "str", "allowed": ["x: y", "no"]}
    assert changes(conf, wanted) == ["+    a.b c: {type: str, allowed: ['x: y', 'no']}"]


def test_of_two_options_of_a_kind_the_nearest_is_chosen(conf: Path) -> None:
    shutil.copy(conf / "model/catboost.yaml", conf / "model/deep.yaml")
    replace(conf / "model/deep.yaml", "iterations: 100", "iterations: 900")
    shutil.copy(conf / "gate/default.yaml", conf / "gate/strict.yaml")
    replace(conf / "gate/strict.yaml", "baseline_margin: 0.01 ", "baseline_margin: 0.2 ")
    replace(conf / "gate/strict.yaml", "psi: 0.1 ", "psi: 0.05 ")
    overrides = ("model.params.iterations=900", "model.params.depth=9")
    wanted = params(conf, *overrides, "gate.baseline_margin=0.2", "gate.drift.psi=0.05")
    assert changes(conf, wanted) == [
        "-  - model: catboost", "-  - gate: default", "+  - model: deep", "+  - gate: strict",
        "-  depth: 6", "+  depth: 9",
    ]  # fmt: skip


@pytest.fixture
def preset(conf: Path) -> Path:
    """conf/ with a preset in force: a random forest whose classes weigh alike."""
    replace(conf / "config.yaml", "experiment: null", "experiment: flights_forest")
    return conf


@FLIGHTS
def test_a_preset_in_force_is_edited_where_it_gives_the_value(preset: Path) -> None:
    wanted = composed(preset)[0]
    wanted["model"] |= {
        "class_weights": "none",
        "params": wanted["model"]["params"] | {"max_depth": 3},
    }
    assert changes(preset, wanted) == [
        "-  class_weights: balanced  # each class weighs the same in training",
        "+  class_weights: none  # each class weighs the same in training",
        "-  max_depth: 14", "+  max_depth: 3",
    ]  # fmt: skip


@FLIGHTS
def test_a_preset_in_force_that_the_winner_lacks_is_switched_off(preset: Path) -> None:
    assert [line.split("  #")[0] for line in changes(preset, params(preset, "~experiment"))] == [
        "-  - experiment: flights_forest",
        "+  - experiment: null",
    ]


def test_a_key_that_cannot_be_written_is_named(conf: Path) -> None:
    before = read(conf)
    wanted = params(conf)
    del wanted["model"]["threshold"]  # the schema has a value for it: conf/ cannot take it away
    wanted["seed"] = 7
    with pytest.raises(
        ConfigError, match=r"^model\.threshold cannot be written .* nothing was changed"
    ):
        adopted(conf, wanted)
    assert read(conf) == before


def test_all_files_are_written_or_none(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first.write_text("old", encoding="utf-8")
    second.mkdir()  # cannot be renamed onto
    with pytest.raises(OSError):
        write_all({first: "new", second: "new"})
    assert (first.read_text(encoding="utf-8"), sorted(p.name for p in tmp_path.iterdir())) == (
        "old",
        ["a.yaml", "b.yaml"],
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built repository with an experiment that ran in the workspace, which is as before it."""
    folder = built_copy(tmp_path_factory, "adopt", model="dummy")
    overrides = ["model=linear", "model.params.C=0.5", "dataset.slices=[sex,island]"]
    given = [word for one in overrides for word in ("-S", one)]
    shell(folder, "dvc", "exp", "run", "--name", "winner", *given)
    shell(folder, "git", "reset", "-q", "--hard")
    shell(folder, "dvc", "checkout", "-q", "--force")
    return folder


@pytest.fixture
def clean(root: Path) -> Path:
    """The same, brought back to its commit."""
    shell(root, "git", "reset", "-q", "--hard")
    shell(root, "dvc", "checkout", "-q", "--force")
    return root


WINNER = {
    "-  - model: dummy", "+  - model: linear",
    "-slices: [sex]", "+slices: [sex, island]",
    "-  C: 1.0         # inverse strength of the penalty; of a ridge, 1 / alpha",
    "+  C: 0.5         # inverse strength of the penalty; of a ridge, 1 / alpha",
}  # fmt: skip


def git_changes(root: Path) -> set[str]:
    """The lines of conf/ that differ from the commit."""
    lines = shell(root, "git", "diff", "HEAD", "--", "conf").splitlines()
    return {one for one in lines if one[0] in "+-" and one[:3] not in ("+++", "---")}


def test_an_applied_experiment_is_adopted_and_nothing_runs_anew(clean: Path) -> None:
    shell(clean, "dvc", "exp", "apply", "winner")
    made = contents(clean)
    assert "next:" not in shell(clean, *ADOPT, "--yes")
    assert git_changes(clean) == WINNER
    assert set(started(shell(clean, "dvc", "repro"))) <= {"compose"}
    after = contents(clean)
    changed = {name for name in made | after if made.get(name) != after.get(name)}
    assert changed == {"params.yaml", "dvc.lock"}  # the digest of conf/ alone
    assert "already composes" in shell(clean, *ADOPT)


def test_one_that_is_not_applied_is_what_the_next_repro_makes(clean: Path) -> None:
    said = shell(clean, *ADOPT, "winner", "--yes")
    assert "next: `dvc repro`" in said and git_changes(clean) == WINNER
    ran = set(started(shell(clean, "dvc", "repro")))
    assert not ran & {"ingest", "split", "validate_model", "register", "report"}  # kept by DVC
    winner = shell(clean, "git", "for-each-ref", "--format=%(objectname)", "refs/exps/*/*/winner")
    assert shell(clean, "git", "diff", winner.strip(), "--", "metrics", "reports") == ""


def test_without_a_terminal_it_shows_and_changes_nothing(clean: Path) -> None:
    done = attempt(clean, *ADOPT, "winner")
    assert done.returncode == 1 and "give --yes" in done.stderr
    assert set(done.stdout.splitlines()) >= WINNER
    assert "--dry-run" in shell(clean, *ADOPT, "winner", "--dry-run")
    assert shell(clean, "git", "status", "--porcelain") == ""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("answer", ["n", "y"])
def test_on_a_terminal_it_asks(clean: Path, answer: str) -> None:
    import pty  # Windows has none

    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    done = subprocess.run(
        [*ADOPT, "winner"],
        cwd=clean,
        env=environment(),
        stdin=theirs,
        capture_output=True,
        text=True,
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == 0 and "[y/N]" in done.stdout
    assert bool(git_changes(clean)) == (answer == "y")


def test_an_unknown_name_lists_the_known_ones(clean: Path) -> None:
    done = attempt(clean, *ADOPT, "loser")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "save-params: 'loser' is no experiment and no Git revision; experiments: winner\n"
    )


@pytest.mark.parametrize("given", [(), ("winner",)])
def test_it_refuses_parameters_of_another_conf(clean: Path, given: tuple[str, ...]) -> None:
    replace(clean / "conf/config.yaml", "seed: 42", "seed: 43")
    done = attempt(clean, *ADOPT, *given, "--yes")
    assert done.returncode == 1 and "was not composed from" in done.stderr
    assert git_changes(clean) == {"-seed: 42", "+seed: 43"}
