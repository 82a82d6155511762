"""One trial in one process, which reads the data and opens the study once."""

import os
import socket
import threading
import time

from lockstep.core.errors import ConfigError
from lockstep.models.kinds import model_kind
from lockstep.search import objective, space
from lockstep.search.recovery import requeue
from lockstep.search.study import Plan, sampler, steps, study
from lockstep.search.study_storage import taking

stopped = (
    threading.Event()
)  # set by a signal: an exception raised in a library's callback may be lost
# Set while a training asks `stopped` at every step. An exception raised there would reach the library's own
# callback, which prints it and goes on.
asking = threading.Event()
REPORTS = 10  # of a training's curve, at which it may be pruned: each is a write to the storage


class Worker:
    """What one process keeps between trials: the data, the trainer, the study."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.data = objective.read(plan.config, plan.folder)
        self.train = objective.trainer(plan.config, self.data)
        self.study = study(plan)
        self.space = space.distributions(plan.config.model.kind, plan.search.space)
        self.every = max(steps(plan) // REPORTS, 1)

    def run(self, number: int) -> None:
        """One trial, stored with its value, or as pruned, or as failed with its reason."""
        import optuna

        plan, state = self.plan, optuna.trial.TrialState
        self.study.sampler = sampler(plan, number)
        with taking():
            trial = self.study.ask(self.space)
        pruned = False

        def log(step: int, _: float, valid: float) -> bool:
            nonlocal pruned
            if plan.search.pruner != "none" and (step + 1) % self.every == 0:
                trial.report(valid if plan.search.direction == "minimize" else -valid, step + 1)
                pruned = trial.should_prune()
            return not pruned and not stopped.is_set()

        try:
            trial.set_user_attr("worker", f"{socket.gethostname()}:{os.getpid()}")
            begun = time.perf_counter()
            config = space.applied(plan.config, trial.params)
            if model_kind(config.model.kind).stops_at_a_step and config.model.device == "cpu":
                asking.set()
            try:
                found = objective.metrics(config, self.data, self.train, log)
            finally:
                asking.clear()
            if stopped.is_set():
                raise KeyboardInterrupt
            value = found[str(plan.search.metric)]
            kept = {"metrics": found, "seconds": round(time.perf_counter() - begun, 3)}
            if pruned:
                self.study.tell(trial, state=state.PRUNED)
            elif value != value:
                trial.set_user_attr("reason", f"{plan.search.metric} is not a number")
                self.study.tell(trial, state=state.FAIL)
            else:
                trial.set_user_attr("result", kept)
                self.study.tell(trial, value)
        except ConfigError as error:
            if stopped.is_set():  # the library made an error of its own of the interrupt
                requeue(self.study, trial)
                raise KeyboardInterrupt from error
            trial.set_user_attr("reason", " ".join(str(error).split()))
            self.study.tell(trial, state=state.FAIL)
        except KeyboardInterrupt:
            requeue(self.study, trial)
            raise


_worker: Worker | None = None
_one_at_a_time = threading.Lock()  # a Dask worker may have several threads


def one_trial(plan: Plan, number: int) -> None:
    """One trial in this process, which reads the data at its first."""
    global _worker
    with _one_at_a_time:
        if _worker is None or _worker.plan != plan:
            _worker = Worker(plan)
        _worker.run(number)
