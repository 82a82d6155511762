"""Where a function is mapped over partitions: in this process or in a pool of processes."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any

from pipeline.config.schema import Engine


class Inline(Executor):
    """An executor that computes at once in this process: no start-up cost, plain tracebacks."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def executor(engine: Engine) -> Executor:
    """The executor that `engine.kind` names; results never depend on which."""
    return ProcessPoolExecutor(engine.workers) if engine.kind == "processes" else Inline()
