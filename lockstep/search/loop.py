"""The loop over trials: until there are enough or time is up, in this process or in several."""

import signal
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING, Any

from lockstep.core.engine import executor
from lockstep.core.errors import LockstepError
from lockstep.core.schema import Engine
from lockstep.search import space, study
from lockstep.search.recovery import counted, recover
from lockstep.search.study import Plan
from lockstep.search.worker import asking, one_trial, stopped

if TYPE_CHECKING:
    import optuna

HOPELESS = 5  # as many failures and no success at the start stop a search


def target(plan: Plan) -> int:
    """How many trials the study shall have; a grid has no more than its points."""
    if plan.search.sampler != "grid":
        return plan.search.trials
    points = 1
    for name, one in plan.search.space.items():
        points *= len(space.grid(plan.config.model.kind, name, one))
    return min(points, plan.search.trials)


def told(trials: "list[optuna.trial.FrozenTrial]", plan: Plan, left: float | None) -> str:
    """The progress line: done, pruned, failed, best value, time left."""
    names = [trial.state.name for trial in trials]
    done, pruned, failed = (names.count(name) for name in ("COMPLETE", "PRUNED", "FAIL"))
    values = [
        trial.value
        for trial in trials
        if trial.value is not None and trial.state.name == "COMPLETE"
    ]
    best = (max if plan.search.direction == "maximize" else min)(values, default=None)
    shown = "none yet" if best is None else f"{best:.6f}"
    text = (
        f"{done + pruned + failed} of {target(plan)} trials: best {plan.search.metric} {shown}, "
        f"{pruned} pruned, {failed} failed"
    )
    if left is not None:
        minutes, seconds = divmod(round(left), 60)
        text += f", {minutes}:{seconds:02d} left"
    return text


def show(text: str) -> None:
    """One line written anew on a terminal, else a line each time."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
    else:
        print(text, file=sys.stderr, flush=True)


def hopeless(trials: "list[optuna.trial.FrozenTrial]", plan: Plan) -> None:
    """Raise LockstepError with the last reason if the first trials have all failed."""
    reasons = [t.user_attrs.get("reason") for t in trials if t.state.name == "FAIL"]
    good = [t for t in trials if t.state.name != "FAIL"]
    if reasons and not good and len(reasons) >= min(HOPELESS, target(plan)):
        raise LockstepError(
            f"every trial of {plan.name} failed, {len(reasons)} of them; the last: {reasons[-1]}; "
            "mend search.space in conf/search/, or the fixed parameters"
        )


def run(plan: Plan, jobs: int) -> "optuna.Study":
    """Run what is missing of the plan's trials and return the study.

    Raises KeyboardInterrupt after what ran was put back, LockstepError where every trial fails.
    """
    one = study.study(plan)
    again = recover(one)
    if again:
        print(f"{again} trials that were killed run again", file=sys.stderr)
    begun = time.monotonic()
    earlier = len(counted(one))
    limit = None if plan.search.minutes is None else begun + plan.search.minutes * 60

    def progress() -> None:
        trials = counted(one)
        passed, new = time.monotonic() - begun, len(trials) - earlier
        left = passed / new * max(target(plan) - len(trials), 0) if new else None
        if limit is not None:
            rest = max(limit - time.monotonic(), 0.0)
            left = rest if left is None else min(left, rest)
        show(told(trials, plan, left))
        hopeless(trials, plan)

    engine = Engine("processes" if jobs > 1 else "inline", jobs)
    if plan.config.engine.kind == "dask":
        engine = plan.config.engine
    handed = number = earlier
    running: set[Future[Any]] = set()
    # A process of the pool is told of Ctrl-C by the terminal; it ends its trial as killed.
    with executor(engine) as pool:
        try:
            while True:
                due = limit is None or time.monotonic() < limit
                while due and handed < target(plan) and len(running) < jobs:
                    running.add(pool.submit(one_trial, plan, number))
                    handed, number = handed + 1, number + 1
                if not running:
                    break
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    future.result()
                if stopped.is_set():
                    raise KeyboardInterrupt
                handed = max(handed, len(counted(one)))  # others may have joined
                progress()
        except BaseException:
            for future in running:
                future.cancel()
            pool.shutdown(wait=True)
            raise
        finally:
            if sys.stderr.isatty():
                print(file=sys.stderr)
    return one


def interruptible() -> None:
    """Let Ctrl-C and a termination signal end the search alike."""

    def stop(*_: Any) -> None:
        stopped.set()
        if not asking.is_set():
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
