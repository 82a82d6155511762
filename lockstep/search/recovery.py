"""Trials that a stopped process left behind: found, marked as killed, and put back in the queue."""

import os
import socket
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import optuna

YOUNG, LONG = timedelta(minutes=1), timedelta(hours=6)


def requeue(one: "optuna.Study", trial: "optuna.trial.FrozenTrial | optuna.Trial") -> None:
    """Mark a trial that was stopped in the middle as killed, and put its parameters in the queue."""
    import optuna

    one._storage.set_trial_user_attr(trial._trial_id, "killed", True)
    one.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    one.enqueue_trial(trial.params)


def alive(worker: str | None, begun: datetime | None) -> bool:
    """Whether the process that runs a trial is there, as far as this machine can tell."""
    age = datetime.now() - (begun or datetime.min)
    host, _, pid = (worker or "").rpartition(":")
    if not pid:
        return age < YOUNG
    if host != socket.gethostname():
        return age < LONG
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def recover(one: "optuna.Study") -> int:
    """Put back what killed processes left running; how many trials that were."""
    import optuna

    left = one.get_trials(states=(optuna.trial.TrialState.RUNNING,))
    dead = [t for t in left if not alive(t.user_attrs.get("worker"), t.datetime_start)]
    for trial in dead:
        requeue(one, trial)
    return len(dead)


def counted(one: "optuna.Study") -> list["optuna.trial.FrozenTrial"]:
    """The trials that are done or running, those that were killed aside."""
    import optuna

    waiting = optuna.trial.TrialState.WAITING
    return [t for t in one.trials if t.state != waiting and not t.user_attrs.get("killed")]
