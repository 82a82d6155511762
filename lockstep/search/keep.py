"""The best trials as DVC experiments, whose metrics must be those that the search measured."""

from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.errors import LockstepError
from lockstep.experiments.dvc_experiment import run_experiment
from lockstep.experiments.revision import read_file
from lockstep.search.space import override_params
from lockstep.search.study import Plan
from lockstep.search.trial import Trial, rank_trials

if TYPE_CHECKING:
    import optuna


def keep_best(
    study: "optuna.Study", plan: Plan, overrides: list[str], n_best: int, root: Path
) -> list[str]:
    """Run the best trials as experiments outside the workspace.

    Parameters
    ----------
    study : optuna.Study
    plan : Plan
    overrides : list of str
        Those of the search itself, for `dvc exp run -S`.
    n_best : int
        How many trials.
    root : Path

    Returns
    -------
    list of str
        A line for each experiment, and what to do next.

    Raises
    ------
    LockstepError
        If an experiment's metrics are not what the search measured.
    """
    best = rank_trials(study, plan.search.direction)[:n_best]
    lines = [keep_trial(trial, plan, overrides, root) for trial in best]
    return [*lines, "next: `dvc exp apply NAME`, then `python -m lockstep save-params`"]


def keep_trial(trial: Trial, plan: Plan, overrides: list[str], root: Path) -> str:
    """Run one trial as an experiment, check its metrics and return a line that names it.

    Parameters
    ----------
    trial : Trial
    plan : Plan
        Of the search.
    overrides : list of str
        As for `dvc exp run -S`.
    root : Path

    Returns
    -------
    str
    """
    name, metric = f"{plan.name}-{trial.number}", str(plan.search.metric)
    commit = run_experiment(root, name, [*overrides, *override_params(trial.params)])
    valid = read_file(root, commit, "metrics/train.json", "valid")["valid"]
    if valid != trial.metrics:
        raise LockstepError(
            f"experiment {name}: {metric} of valid is {valid[metric]!r}, the search saw "
            f"{trial.value!r}; has code or data changed since? remove it with `dvc exp remove` and "
            "search anew"
        )
    test = read_file(root, commit, "metrics/test.json", "metrics")["metrics"]
    return (
        f"{name}: {metric} of valid {valid[metric]!r}, the search saw {trial.value!r}; "
        f"of test {test[metric]:.6f}"
    )
