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
        """Return results one at a time, so that no more than one is in memory."""
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
    """Return how many tasks in_order keeps running beside the one that it waits for."""
    return 0 if engine.kind == "inline" else 2 * engine.workers


def in_order(
    pool: Executor,
    function: Callable[..., Any],
    tasks: Iterable[tuple[Any, ...]],
    under_way: int,
) -> Iterator[Any]:
    """Yield function(*task) of each task, in order; a task is created only when an earlier one is done.

    So few tasks are in memory, where an executor's map() would create all at once.

    Parameters
    ----------
    pool : Executor
        Where the function runs.
    function : callable
        Called with the parts of a task.
    tasks : iterable of tuple
        The arguments of each call.
    under_way : int
        How many tasks run beside the one that is waited for.
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
