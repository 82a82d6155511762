"""Where a function is mapped over partitions: in this process or in a pool of processes."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from typing import Any

from pipeline.config.schema import Engine


class Inline(Executor):
    """An executor that computes at once in this process: no start-up cost, plain tracebacks."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future

    def map(
        self, fn: Callable[..., Any], *iterables: Iterable[Any], **kwargs: Any
    ) -> Iterator[Any]:
        """Each result when it is asked for, so that no more than one is held."""
        return map(fn, *iterables)


def executor(engine: Engine) -> Executor:
    """The executor that `engine.kind` names; results never depend on which."""
    return ProcessPoolExecutor(engine.workers) if engine.kind == "processes" else Inline()
