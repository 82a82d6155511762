"""Where a function is mapped over partitions: in this process, a pool of processes, a Dask cluster."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from lockstep.core.engine.cluster import connected
from lockstep.core.schema import Engine


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
def executor(engine: Engine, packages: tuple[str, ...] = ()) -> Iterator[Executor]:
    """Open the executor that `engine.kind` names; results never depend on which.

    packages: distributions that the work needs besides those of the data stages; workers of a cluster
    must have them in the same version.
    """
    if engine.kind == "dask":
        with connected(engine.address, engine.store, packages) as pool:
            yield pool
        return
    with ProcessPoolExecutor(engine.workers) if engine.kind == "processes" else Inline() as pool:
        yield pool


def ahead(engine: Engine) -> int:
    """How many tasks in_order shall have under way beside the one that is waited for."""
    return 0 if engine.kind == "inline" else 2 * engine.workers


def in_order(
    pool: Executor,
    function: Callable[..., Any],
    tasks: Iterable[tuple[Any, ...]],
    under_way: int,
) -> Iterator[Any]:
    """function(*task) of each task, in order; a task is asked for when one before it is done.

    So memory holds few of them, where an executor's map() would ask for all at once.
    """
    waiting = deque[Future[Any]]()
    try:
        for task in tasks:
            waiting.append(pool.submit(function, *task))
            if len(waiting) > under_way:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
