"""Trials that a stopped process left running: marked as killed, and queued again."""

import os
import socket
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import optuna

# For how long a trial counts as running whose process is not known, or is on another machine.
UNKNOWN_WORKER_AGE, REMOTE_WORKER_AGE = timedelta(minutes=1), timedelta(hours=6)


def requeue(study: "optuna.Study", trial: "optuna.trial.FrozenTrial | optuna.Trial") -> None:
    """Mark a trial that was stopped in the middle as killed, and queue its parameters again."""
    import optuna

    study._storage.set_trial_user_attr(trial._trial_id, "killed", True)
    study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    study.enqueue_trial(trial.params)


def is_alive(worker: str | None, start: datetime | None) -> bool:
    """Return whether the process that runs a trial still does, as far as this machine can tell."""
    age = datetime.now() - (start or datetime.min)
    host, _, pid = (worker or "").rpartition(":")
    if not pid:
        return age < UNKNOWN_WORKER_AGE
    if host != socket.gethostname():
        return age < REMOTE_WORKER_AGE
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def recover(study: "optuna.Study") -> int:
    """Queue again what killed processes left running, and return how many trials that were."""
    import optuna

    running = study.get_trials(states=(optuna.trial.TrialState.RUNNING,))
    dead = [t for t in running if not is_alive(t.user_attrs.get("worker"), t.datetime_start)]
    for trial in dead:
        requeue(study, trial)
    return len(dead)


def counted_trials(study: "optuna.Study") -> list["optuna.trial.FrozenTrial"]:
    """Return the trials that are done or running, without those that were killed."""
    import optuna

    waiting = optuna.trial.TrialState.WAITING
    return [t for t in study.trials if t.state != waiting and not t.user_attrs.get("killed")]
