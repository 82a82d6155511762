"""One trial in one process, which reads the data and opens the study once."""

import os
import socket
import threading
import time
from typing import TYPE_CHECKING

from lockstep.core.errors import ConfigError
from lockstep.models.kinds import model_kind
from lockstep.search import objective, space
from lockstep.search.recovery import requeue
from lockstep.search.study import Plan, max_steps, open_study, trial_sampler
from lockstep.search.study_storage import claim_lock

if TYPE_CHECKING:
    import optuna

# Set by a signal: an exception raised in a library's callback may be lost.
stop_requested = threading.Event()
# Set while a training polls `stop_requested` at every step. An exception raised there would reach the
# library's own callback, which prints it and goes on.
training_polls = threading.Event()
N_REPORTS = 10  # of a training's curve, at which it may be pruned: each is a write to the storage


class CurveReporter:
    """Reports a training's loss on valid to its trial, and stops the training that is pruned."""

    def __init__(self, trial: "optuna.Trial", plan: Plan) -> None:
        self.trial = trial
        self.prunes = plan.search.pruner != "none"
        self.sign = 1 if plan.search.direction == "minimize" else -1
        self.interval = max(max_steps(plan) // N_REPORTS, 1)
        self.pruned = False

    def __call__(self, step: int, train_loss: float, valid_loss: float) -> bool:
        """Return whether the training shall go on after this step."""
        if self.prunes and (step + 1) % self.interval == 0:
            self.trial.report(self.sign * valid_loss, step + 1)
            self.pruned = self.trial.should_prune()
        return not self.pruned and not stop_requested.is_set()


class Worker:
    """What one process has between trials: the data, the trainer, the study."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.data = objective.read(plan.config, plan.folder)
        self.train = objective.trainer(plan.config, self.data)
        self.study = open_study(plan)
        self.space = space.distributions(plan.config.model.kind, plan.search.space)

    def run(self, number: int) -> None:
        """Run one trial and store it with its value, as pruned, or as failed with its reason.

        Raises KeyboardInterrupt if it was stopped, after its parameters are queued again.
        """
        self.study.sampler = trial_sampler(self.plan, number)
        with claim_lock():
            trial = self.study.ask(self.space)
        try:
            trial.set_user_attr("worker", f"{socket.gethostname()}:{os.getpid()}")
            self.train_and_store(trial)
        except ConfigError as error:
            if stop_requested.is_set():  # the library made an error of its own of the interrupt
                requeue(self.study, trial)
                raise KeyboardInterrupt from error
            self.store_failure(trial, " ".join(str(error).split()))
        except KeyboardInterrupt:
            requeue(self.study, trial)
            raise

    def train_and_store(self, trial: "optuna.Trial") -> None:
        """Train with the trial's parameters and store its result."""
        import optuna

        start = time.perf_counter()
        reporter = CurveReporter(trial, self.plan)
        metrics = self.score(trial, reporter)
        if stop_requested.is_set():
            raise KeyboardInterrupt
        metric = str(self.plan.search.metric)
        value = metrics[metric]
        if reporter.pruned:
            self.study.tell(trial, state=optuna.trial.TrialState.PRUNED)
        elif value != value:
            self.store_failure(trial, f"{metric} is not a number")
        else:
            seconds = round(time.perf_counter() - start, 3)
            trial.set_user_attr("result", {"metrics": metrics, "seconds": seconds})
            self.study.tell(trial, value)

    def score(self, trial: "optuna.Trial", reporter: CurveReporter) -> dict[str, float]:
        """Return valid's metrics of a training with the trial's parameters."""
        config = space.apply_params(self.plan.config, trial.params)
        if model_kind(config.model.kind).stops_at_a_step and config.model.device == "cpu":
            training_polls.set()
        try:
            return objective.metrics(config, self.data, self.train, reporter)
        finally:
            training_polls.clear()

    def store_failure(self, trial: "optuna.Trial", reason: str) -> None:
        """Store a trial as failed, with its reason."""
        import optuna

        trial.set_user_attr("reason", reason)
        self.study.tell(trial, state=optuna.trial.TrialState.FAIL)


_worker: Worker | None = None
_worker_lock = threading.Lock()  # a Dask worker may have several threads


def run_trial(plan: Plan, number: int) -> None:
    """Run one trial in this process, which reads the data at its first."""
    global _worker
    with _worker_lock:
        if _worker is None or _worker.plan != plan:
            _worker = Worker(plan)
        _worker.run(number)
