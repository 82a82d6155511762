"""A study is its plan: trials are seeded by their number, and another search has another identity."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from lockstep.composition.compose import compose
from lockstep.core.config import parse_config
from lockstep.core.errors import LockstepError
from lockstep.core.schema import Config
from lockstep.search import study
from lockstep.search.settings import Dimension, Search
from lockstep.search.study import Plan
from lockstep.search.worker import N_REPORTS, CurveReporter
from template.tests.support.extending import write_component
from tests.closure import ROOT


@pytest.fixture
def config() -> Config:
    """The penguins with CatBoost."""
    overrides = ["dataset=penguins", "split=stratified", "model=catboost"]
    return parse_config(compose([*overrides, "model.params.iterations=100"], root=ROOT))


@pytest.fixture
def plan(config: Config, tmp_path: Path) -> Plan:
    """A plan whose splits and storage are in a folder of its own."""
    for name in ("train", "valid"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "part.parquet").write_bytes(name.encode())
    search = Search(metric="log_loss", direction="minimize", space={"depth": Dimension(2, 8)})
    return Plan("small", f"sqlite:///{tmp_path}/studies.db", config, search, tmp_path)


def changed(plan: Plan, **settings: Any) -> Plan:
    """Return the plan with other settings of its search."""
    return dataclasses.replace(plan, search=dataclasses.replace(plan.search, **settings))


def test_a_study_of_another_search_is_refused_by_what_differs(plan: Plan) -> None:
    first = study.open_study(plan)
    assert study.open_study(plan).user_attrs["identity"] == first.user_attrs["identity"]
    assert [trial.system_attrs["fixed_params"] for trial in first.trials] == [{"depth": 6}]
    with pytest.raises(LockstepError, match="is of another search: space differ"):
        study.open_study(changed(plan, space={"depth": Dimension(2, 9)}))
    (plan.folder / "valid/part.parquet").write_bytes(b"other")
    with pytest.raises(LockstepError, match="rows of data/splits differ"):
        study.open_study(plan)


def test_the_name_follows_the_identity(config: Config, plan: Plan) -> None:
    names = [
        study.default_name(config, study.identity(config, search, plan.folder))
        for search in (plan.search, plan.search, changed(plan, metric="accuracy").search)
    ]
    assert names[0] == names[1] != names[2] and names[0].startswith("penguins-catboost-")


@pytest.mark.parametrize("sampler", ["tpe", "random"])
def test_a_trial_s_sampler_is_seeded_by_its_number(plan: Plan, sampler: str) -> None:
    def sampled(number: int) -> int:
        opened = study.open_study(changed(plan, sampler=sampler))
        opened.sampler = study.trial_sampler(changed(plan, sampler=sampler), number)
        for trial in opened.get_trials():
            if trial.state.name == "WAITING":
                opened.ask()
        return int(opened.ask().suggest_float("depth", 0, 1e9))

    assert sampled(3) == sampled(3) != sampled(4)


def test_steps_are_those_of_the_longest_training(plan: Plan) -> None:
    assert study.max_steps(plan) == 100
    assert study.max_steps(changed(plan, space={"iterations": Dimension(10, 900)})) == 900
    assert study.max_steps(changed(plan, space={"iterations": Dimension(choices=[5, 7])})) == 7


def test_a_curve_is_reported_at_a_few_of_its_steps(plan: Plan) -> None:
    trial = study.open_study(plan).ask()
    reporter = CurveReporter(trial, plan)
    assert all(reporter(step, 0.0, 0.5) for step in range(100)) and not reporter.pruned
    stored = study.open_study(plan).trials[trial.number].intermediate_values
    assert len(stored) == N_REPORTS and set(stored.values()) == {0.5}
    silent = CurveReporter(study.open_study(plan).ask(), changed(plan, pruner="none"))
    assert all(silent(step, 0.0, 0.5) for step in range(100))
    assert not study.open_study(plan).trials[-1].intermediate_values


def test_the_identity_follows_the_owners_metrics_and_their_settings(
    config: Config, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert study.own_code(config) == []
    monkeypatch.chdir(tmp_path)
    path = write_component(tmp_path, "metrics", "late_cost")
    identities = []
    for settings, line in (
        ({"missed": 2.0}, ""),
        ({"missed": 3.0}, ""),
        ({"missed": 3.0}, "# x\n"),
    ):
        path.write_text(path.read_text("utf-8") + line, encoding="utf-8")
        config.dataset.metrics = {"late_cost": settings}
        identities.append(study.identity(config, plan.search, plan.folder)["components"])
    assert len(set(identities)) == 3
