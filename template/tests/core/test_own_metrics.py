"""An owner's metric: its direction, and a configuration that does not fit it is refused in one line."""

from pathlib import Path

import pytest

from lockstep.core.config_checks import check_gate, check_model
from lockstep.core.errors import ConfigError
from lockstep.core.own_metrics import (
    better_direction,
    check_metrics,
    direction_remark,
    is_lower_better,
)
from lockstep.core.schema import Config, Dataset, Gate, Model
from template.tests.support.extending import write_component


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the metric of docs/extending.md."""
    monkeypatch.chdir(tmp_path)
    write_component(tmp_path, "metrics", "late_cost")
    return tmp_path


def configured(**settings: float) -> Config:
    """Return a binary data set with the metric and its settings."""
    dataset = Dataset(task="binary", metrics={"late_cost": settings})
    return Config(dataset=dataset, model=Model(kind="linear", threshold="late_cost"))


def test_the_direction_is_the_files_own_and_that_of_an_absent_metric_is_unknown(root: Path) -> None:
    assert is_lower_better("late_cost") and is_lower_better("rmse") and not is_lower_better("r2")
    path = root / "components/metrics/late_cost.py"
    path.write_text(
        path.read_text("utf-8").replace("BETTER = True", "BETTER = False"), encoding="utf-8"
    )
    assert better_direction("late_cost") == "higher"
    with pytest.raises(ConfigError, match=r"components/metrics/gone\.py is not there"):
        is_lower_better("gone")
    assert direction_remark("gone") == "direction unknown"


def test_a_metric_that_fits_is_allowed_as_limit_gate_and_criterion() -> None:
    config = configured(missed=5.0)
    check_metrics(config)
    check_model(config.model, config.dataset)
    names = {"binary": "late_cost", "multiclass": "log_loss", "regression": "rmse"}
    check_gate(Gate(limits={"late_cost": 7.5}, baseline_metric=names), config.dataset)
    with pytest.raises(
        ConfigError, match=r"baseline_metric\.binary is 'late_cost'; allowed: log_loss"
    ):
        check_gate(Gate(baseline_metric=names), Dataset(task="binary"))
    with pytest.raises(ConfigError, match=r"gate\.limits is 'late_cost'"):
        check_gate(Gate(limits={"late_cost": 7.5}, baseline_metric=names), Dataset(task="binary"))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"dataset\.metrics\.late_cost lacks 'missed'"):
        check_metrics(configured())
    config = configured(missed=5.0)
    config.dataset.task = "regression"
    with pytest.raises(
        ConfigError, match=r"dataset\.task \(for the metric late_cost\) is 'regression'"
    ):
        check_metrics(config)
    with pytest.raises(ConfigError, match=r"model\.threshold is 'late_cost'; allowed: f1, youden"):
        check_model(config.model, config.dataset)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            'TASKS = ("binary",)',
            'TASKS = ("ranking",)',
            r"TASKS is \('ranking',\); allowed: a tuple",
        ),
        ('TASKS = ("binary",)', "TASKS = tuple(['binary'])", "TASKS is None"),
        (
            "LOWER_IS_BETTER = True",
            "LOWER_IS_BETTER = 1",
            "LOWER_IS_BETTER is 1; allowed: True, Fal",
        ),
        ("    y_pred:", "    y_prob:", "which takes y_prob and so does not depend on a threshold"),
    ],
)
def test_another_contract_is_refused(root: Path, old: str, new: str, words: str) -> None:
    path = root / "components/metrics/late_cost.py"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=words):
        check_metrics(configured(missed=5.0))


def test_a_metric_that_nothing_uses_may_not_have_a_name_of_locksteps_own(root: Path) -> None:
    write_component(root, "metrics", "f1", "X = 1\n")
    with pytest.raises(ConfigError, match="f1 is the name of a metric of Lockstep's own; rename"):
        check_metrics(Config(dataset=Dataset(task="binary")))
