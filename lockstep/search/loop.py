"""The loop over trials: until there are enough or time is up, in this process or in several."""

import math
import signal
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from typing import TYPE_CHECKING, Any

from lockstep.core.engine import executor
from lockstep.core.errors import LockstepError
from lockstep.core.schema import Engine
from lockstep.models.kinds import model_kind
from lockstep.search import space
from lockstep.search.recovery import counted_trials, recover
from lockstep.search.study import Plan, open_study
from lockstep.search.worker import run_trial, stop_requested, training_polls

if TYPE_CHECKING:
    import optuna

MAX_FAILURES = 5  # as many and no success at the start stop a search


def target_trials(plan: Plan) -> int:
    """Return how many trials the study shall have; a grid has no more than its points."""
    if plan.search.sampler != "grid":
        return plan.search.trials
    points = [
        len(space.grid_values(plan.config.model.kind, name, dimension))
        for name, dimension in plan.search.space.items()
    ]
    return min(math.prod(points), plan.search.trials)


def progress_line(
    trials: "list[optuna.trial.FrozenTrial]", plan: Plan, seconds_left: float | None
) -> str:
    """Return the progress: trials done, pruned and failed, the best value, time left.

    Parameters
    ----------
    trials : list of FrozenTrial
        Those that are done or running.
    plan : Plan
    seconds_left : float or None
        None where it is not known.

    Returns
    -------
    str
    """
    states = [trial.state.name for trial in trials]
    complete, pruned, failed = (states.count(name) for name in ("COMPLETE", "PRUNED", "FAIL"))
    values = [
        trial.value
        for trial in trials
        if trial.value is not None and trial.state.name == "COMPLETE"
    ]
    best = (max if plan.search.direction == "maximize" else min)(values, default=None)
    line = (
        f"{complete + pruned + failed} of {target_trials(plan)} trials: best {plan.search.metric} "
        f"{'none yet' if best is None else f'{best:.6f}'}, {pruned} pruned, {failed} failed"
    )
    if seconds_left is not None:
        minutes, seconds = divmod(round(seconds_left), 60)
        line += f", {minutes}:{seconds:02d} left"
    return line


def show_line(text: str) -> None:
    """Write one line anew on a terminal, else a line each time."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
    else:
        print(text, file=sys.stderr, flush=True)


def check_not_hopeless(trials: "list[optuna.trial.FrozenTrial]", plan: Plan) -> None:
    """Raise LockstepError with the last reason if the first trials have all failed."""
    reasons = [t.user_attrs.get("reason") for t in trials if t.state.name == "FAIL"]
    all_failed = all(t.state.name == "FAIL" for t in trials)
    if reasons and all_failed and len(reasons) >= min(MAX_FAILURES, target_trials(plan)):
        raise LockstepError(
            f"every trial of {plan.name} failed, {len(reasons)} of them; the last: {reasons[-1]}; "
            "change search.space in conf/search/, or the fixed parameters"
        )


class Progress:
    """How far a search is, and when its time is up."""

    def __init__(self, plan: Plan, study: "optuna.Study") -> None:
        self.plan, self.study = plan, study
        self.start = time.monotonic()
        minutes = plan.search.minutes
        self.end = None if minutes is None else self.start + minutes * 60
        self.n_earlier = self.n_trials()

    def n_trials(self) -> int:
        """Return how many trials are done or running, those of other processes too."""
        return len(counted_trials(self.study))

    def has_time(self) -> bool:
        """Return whether another trial may begin."""
        return self.end is None or time.monotonic() < self.end

    def seconds_left(self, n_trials: int) -> float | None:
        """Return the estimated time until the end; None where nothing tells."""
        seconds, n_new = time.monotonic() - self.start, n_trials - self.n_earlier
        estimates = []
        if n_new:
            estimates.append(seconds / n_new * max(target_trials(self.plan) - n_trials, 0))
        if self.end is not None:
            estimates.append(max(self.end - time.monotonic(), 0.0))
        return min(estimates, default=None)

    def show(self) -> None:
        """Show the progress. Raises LockstepError where every trial fails."""
        trials = counted_trials(self.study)
        show_line(progress_line(trials, self.plan, self.seconds_left(len(trials))))
        check_not_hopeless(trials, self.plan)


def run_trials(pool: Executor, plan: Plan, progress: Progress, jobs: int) -> None:
    """Run trials until there are enough, time is up or the search is stopped.

    Parameters
    ----------
    pool : Executor
    plan : Plan
    progress : Progress
    jobs : int
        How many trials run at once.

    Raises
    ------
    KeyboardInterrupt
        If the search is stopped.
    LockstepError
        Where every trial fails.
    """
    n_submitted = next_number = progress.n_earlier
    running: set[Future[Any]] = set()
    try:
        while True:
            while progress.has_time() and n_submitted < target_trials(plan) and len(running) < jobs:
                running.add(pool.submit(run_trial, plan, next_number))
                n_submitted, next_number = n_submitted + 1, next_number + 1
            if not running:
                return
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
            if stop_requested.is_set():
                raise KeyboardInterrupt
            n_submitted = max(n_submitted, progress.n_trials())  # others may have joined
            progress.show()
    except BaseException:
        for future in running:
            future.cancel()
        pool.shutdown(wait=True)
        raise
    finally:
        if sys.stderr.isatty():
            print(file=sys.stderr)


def run_search(plan: Plan, jobs: int) -> "optuna.Study":
    """Run the trials that the plan's study lacks, and return the study.

    Raises KeyboardInterrupt after running trials are queued again, LockstepError where every trial fails.
    """
    study = open_study(plan)
    n_recovered = recover(study)
    if n_recovered:
        print(f"{n_recovered} trials that were killed run again", file=sys.stderr)
    engine = Engine("processes" if jobs > 1 else "inline", jobs)
    if plan.config.engine.kind == "dask":
        engine = plan.config.engine
    # Ctrl-C on a terminal also reaches the processes of the pool; each ends its trial as killed.
    packages = (*model_kind(plan.config.model.kind).packages, "optuna")
    with executor(engine, packages) as pool:
        run_trials(pool, plan, Progress(plan, study), jobs)
    return study


def handle_signals() -> None:
    """Let Ctrl-C and a termination signal end the search alike."""

    def stop(*_: Any) -> None:
        stop_requested.set()
        if not training_polls.is_set():
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
