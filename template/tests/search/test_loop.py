"""The progress of a search: what is done, how long it takes, and when it is hopeless."""

from typing import Any

import optuna
import pytest
from optuna.trial import TrialState, create_trial

from lockstep.composition.compose import compose
from lockstep.core.config import parse_config
from lockstep.core.errors import LockstepError
from lockstep.search import loop
from lockstep.search.settings import Dimension, Search
from lockstep.search.study import Plan
from tests.closure import ROOT


def plan(**settings: Any) -> Plan:
    """Return the plan of a search with these settings, on the penguins."""
    overrides = ["dataset=penguins", "split=stratified", "model=catboost"]
    search = Search(metric="log_loss", direction="minimize", **settings)
    return Plan("small", "", parse_config(compose(overrides, root=ROOT)), search)


def trial(state: TrialState, value: float | None = None, **attrs: str) -> optuna.trial.FrozenTrial:
    """Return a trial that ended so."""
    return create_trial(state=state, value=value, user_attrs=attrs)


def test_a_grid_has_no_more_trials_than_points() -> None:
    space = {"depth": Dimension(2, 4), "l2_leaf_reg": Dimension(choices=[1, 3])}
    assert loop.target_trials(plan(sampler="grid", trials=30, space=space)) == 6
    assert loop.target_trials(plan(sampler="grid", trials=5, space=space)) == 5
    assert loop.target_trials(plan(sampler="tpe", trials=30, space=space)) == 30


def test_the_progress_counts_trials_and_shows_the_best() -> None:
    trials = [
        trial(TrialState.COMPLETE, 0.5),
        trial(TrialState.COMPLETE, 0.25),
        trial(TrialState.PRUNED),
        trial(TrialState.FAIL),
        trial(TrialState.RUNNING),
    ]
    line = loop.progress_line(trials, plan(trials=9), seconds_left=95.4)
    assert line == "4 of 9 trials: best log_loss 0.250000, 1 pruned, 1 failed, 1:35 left"
    assert "best log_loss none yet" in loop.progress_line([], plan(), None)


def test_a_search_whose_first_trials_all_fail_is_stopped_with_the_last_reason() -> None:
    failed = [trial(TrialState.FAIL, reason=f"reason {i}") for i in range(loop.MAX_FAILURES)]
    loop.check_not_hopeless(failed[1:], plan())
    loop.check_not_hopeless([*failed, trial(TrialState.COMPLETE, 0.5)], plan())
    with pytest.raises(LockstepError, match=r"every trial of small failed, 5 .* reason 4"):
        loop.check_not_hopeless(failed, plan())


def test_the_time_left_is_the_less_of_the_estimate_and_the_budget() -> None:
    study = optuna.create_study()
    progress = loop.Progress(plan(trials=10), study)
    assert progress.seconds_left(0) is None and progress.has_time()
    progress.start -= 60
    assert progress.seconds_left(6) == pytest.approx(40, abs=1)
    timed = loop.Progress(plan(trials=10, minutes=0.5), study)
    assert timed.seconds_left(0) == pytest.approx(30, abs=1)
    timed.end = timed.start - 1
    assert not timed.has_time() and timed.seconds_left(0) == 0.0
