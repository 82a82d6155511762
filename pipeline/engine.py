"""Where a function is mapped over partitions: in this process, a pool of processes, a Dask cluster."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from pipeline.config.schema import Engine
from pipeline.stage.errors import ConfigError, LockstepError

ADDRESS = "DASK_SCHEDULER_ADDRESS"
SECONDS = 10  # to wait for a scheduler


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
def dask(address: str | None) -> Iterator[Executor]:
    """The cluster's executor. Raises LockstepError if its scheduler does not answer or has no worker.

    TLS and all else of the connection are Dask's own settings: ~/.config/dask, or DASK_... variables.
    """
    try:
        from distributed import Client
    except ModuleNotFoundError as error:
        raise ConfigError(
            "engine.kind is 'dask', which needs the package distributed; install the extra dask of "
            "pyproject.toml, or choose engine=processes"
        ) from error
    place = address or os.environ.get(ADDRESS)
    if not place:
        raise ConfigError(
            f"engine.address is None and {ADDRESS} is not set; expected tcp://host:8786"
        )
    try:
        client = Client(place, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise LockstepError(
            f"no Dask scheduler answers at {place}; start one (docs/scale.md) or choose engine=inline"
        ) from error
    with client:
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise LockstepError(
                f"the Dask scheduler at {place} has no worker; start one (docs/scale.md)"
            )
        # Not pure: a function of the same path may find other rows there.
        pool = client.get_executor(pure=False)
        pool.client = client
        yield pool


@contextmanager
def executor(engine: Engine) -> Iterator[Executor]:
    """The executor that `engine.kind` names; results never depend on which."""
    if engine.kind == "dask":
        with dask(engine.address) as pool:
            yield pool
        return
    with ProcessPoolExecutor(engine.workers) if engine.kind == "processes" else Inline() as pool:
        yield pool
