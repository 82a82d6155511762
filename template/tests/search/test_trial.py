"""Trials are ranked by the direction, each set of parameters once, and what is not complete has no value."""

import optuna
import pytest

from lockstep.search.recovery import counted_trials, recover, requeue
from lockstep.search.results import trials_csv
from lockstep.search.trial import rank_trials, read_trials


@pytest.fixture
def study() -> optuna.Study:
    """A study with two complete trials of the same parameters, a better one, and one that failed."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study()
    for depth, value in ((4, 0.5), (4, 0.4), (6, 0.3)):
        study.enqueue_trial({"depth": depth})
        trial = study.ask()
        trial.suggest_int("depth", 1, 9)
        trial.set_user_attr("result", {"metrics": {"f1": value}, "seconds": 1.5})
        study.tell(trial, value)
    trial = study.ask()
    trial.set_user_attr("reason", "no, it\ncannot")
    study.tell(trial, state=optuna.trial.TrialState.FAIL)
    return study


@pytest.mark.parametrize(("direction", "numbers"), [("minimize", [2, 1]), ("maximize", [0, 2])])
def test_the_best_come_first_each_set_of_parameters_once(
    study: optuna.Study, direction: str, numbers: list[int]
) -> None:
    assert [trial.number for trial in rank_trials(study, direction)] == numbers


def test_the_csv_has_a_row_a_trial(study: optuna.Study) -> None:
    lines = trials_csv(read_trials(study), ["depth"]).splitlines()
    assert lines[0] == "trial,state,value,seconds,depth,reason"
    assert lines[3] == "2,complete,0.3,1.5,6,"
    assert lines[4] == '3,fail,,,,"no, it'


def test_a_trial_of_a_dead_process_is_queued_again_and_not_counted(study: optuna.Study) -> None:
    study.enqueue_trial({"depth": 8})
    trial = study.ask()
    trial.suggest_int("depth", 1, 9)
    assert recover(study) == 0  # it is young, and may have no process yet
    requeue(study, trial)
    assert [t.number for t in counted_trials(study)] == [0, 1, 2, 3]
    assert study.ask().suggest_int("depth", 1, 9) == 8
