"""Where a function is mapped over partitions: in this process, a pool of processes, a Dask cluster."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from pipeline.config.schema import Engine
from pipeline.engine.cluster import connected


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


@contextmanager
def executor(engine: Engine) -> Iterator[Executor]:
    """The executor that `engine.kind` names; results never depend on which."""
    if engine.kind == "dask":
        with connected(engine.address) as pool:
            yield pool
        return
    with ProcessPoolExecutor(engine.workers) if engine.kind == "processes" else Inline() as pool:
        yield pool
