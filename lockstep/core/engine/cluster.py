"""A Dask cluster as an executor; an error there becomes one line."""

import logging
import os
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from lockstep.core.engine.agreement import check
from lockstep.core.engine.store import Stored
from lockstep.core.errors import ConfigError, LockstepError

ADDRESS = "DASK_SCHEDULER_ADDRESS"
CERTIFICATES = [
    f"DASK_DISTRIBUTED__COMM__TLS__{name}" for name in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY")
]
SECONDS = 10  # to wait for an answer of the scheduler
PATIENCE = 120  # seconds without a worker or an answer, until a cluster is given up


def key(function: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    """Return a unique name for a task that says what it works on: a partition's path or name."""
    while arguments and isinstance(arguments[0], tuple):  # a task within a task
        arguments = arguments[0]
    named = [str(argument) for argument in arguments[:1] if isinstance(argument, str | Path)]
    return "-".join([getattr(function, "__name__", "task"), uuid4().hex, *named])


def about(task: str) -> str:
    """Return what a task of that name works on."""
    return task.split("-", 2)[-1] if task.count("-") > 1 else "a task"


def opener() -> Callable[[bytes, bytes], Any]:
    """Return what a worker runs: it opens a function and its arguments, and calls it.

    A scheduler opens what it is sent as well. It would need the project's code, and keep what that was when
    it first saw it: so both are bytes to it, and this function, made here, goes there as its own code.
    """

    def call(function: bytes, arguments: bytes, *futures: Any) -> Any:
        import pickle

        return pickle.loads(function)(*pickle.loads(arguments), *futures)

    return call


class Cluster(Executor):
    """The workers of a Dask cluster, as its client sees them."""

    def __init__(self, client: Any) -> None:
        self.client = client
        # Not pure: a function of the same path may find other rows there.
        self.inner = client.get_executor(pure=False)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        import cloudpickle

        function = cloudpickle.dumps(partial(fn, **kwargs))
        future: Future[Any] = self.inner.submit(
            opener(), function, cloudpickle.dumps(args), key=key(fn, args)
        )
        return future

    def map(
        self, fn: Callable[..., Any], *iterables: Iterable[Any], **kwargs: Any
    ) -> Iterator[Any]:
        """Submit all tasks at once; yield results in order, each released once it was yielded."""
        import cloudpickle

        tasks = list(zip(*iterables, strict=False))  # to the shortest, as every executor
        if not tasks:
            return iter(())
        functions = [cloudpickle.dumps(fn)] * len(tasks)  # one object, which is sent once
        packed = [cloudpickle.dumps(task) for task in tasks]
        keys = [key(fn, task) for task in tasks]
        waiting = deque(self.client.map(opener(), functions, packed, key=keys, pure=False))

        def results() -> Iterator[Any]:
            try:
                while waiting:
                    yield waiting.popleft().result()
            finally:
                if self.client.status == "running":
                    self.client.cancel(list(waiting))

        return results()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.inner.shutdown(wait=wait and not cancel_futures)


def connect(place: str) -> Any:
    """Return a client of the scheduler at an address.

    TLS and all else of the connection are Dask's own settings: ~/.config/dask, or DASK_... variables.
    """
    try:
        from distributed import Client, Security
        from distributed.versions import VersionMismatchWarning
    except ModuleNotFoundError as error:
        raise ConfigError(
            "engine.kind is 'dask', which needs the package distributed; install the extra dask of "
            "pyproject.toml, or choose engine=processes"
        ) from error
    for name in ("distributed", "distributed.client"):  # what they would say, the one line says
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if place.startswith("tls:") and not Security().get_connection_args("client")["ssl_context"]:
        raise ConfigError(
            f"the Dask scheduler at {place} asks for certificates; name them in Dask's own settings: "
            f"{', '.join(CERTIFICATES)}"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", VersionMismatchWarning)
            return Client(place, timeout=SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise LockstepError(
            f"no Dask scheduler answers at {place}; start one (docs/scale.md) or choose engine=inline"
        ) from error


def watch(client: Any, ended: threading.Event, lost: list[str]) -> None:
    """Close the client of a cluster that gives no answer, so that nobody waits for it, and note the reason.

    Parameters
    ----------
    client : distributed.Client
        Its client.
    ended : Event
        Set when the work is done; then this ends.
    lost : list of str
        Gets the reason.
    """
    last_answer = time.monotonic()
    while not ended.wait(SECONDS):
        try:
            workers = client.sync(client.scheduler.ncores, callback_timeout=SECONDS)
            reason = "had no worker"
        except (OSError, TimeoutError):
            workers, reason = {}, "gave no answer"
        if workers:
            last_answer = time.monotonic()
        elif time.monotonic() - last_answer > PATIENCE:
            lost.append(f"{reason} for {PATIENCE} s")
            client.close(timeout=SECONDS)
            return


def died(error: Any, place: str) -> LockstepError:
    """Return the error about a task that killed every worker which ran it."""
    last, memory_limit = error.last_worker.address, error.last_worker.memory_limit
    memory = f"{memory_limit / 1e6:,.0f} MB" if memory_limit else "no limit"
    return LockstepError(
        f"{about(error.task)}: {error.allowed_failures + 1} workers of {place} died while they computed "
        f"it, the last {last} (memory: {memory}); lower dataset.partition_rows, or give "
        "each worker more memory (--memory-limit); its log may tell more"
    )


def one_thread(workers: dict[str, Any]) -> None:
    """Raise LockstepError for a worker with several threads: they would share a working folder."""
    for address, worker in sorted(workers.items()):
        if worker["nthreads"] > 1:
            raise LockstepError(
                f"Dask worker {address} has {worker['nthreads']} threads; with engine.store each needs a "
                "process of its own: start it with --nthreads 1"
            )


@contextmanager
def connected(
    address: str | None, store: str | None, packages: tuple[str, ...] = ()
) -> Iterator[Executor]:
    """Open the cluster's executor after a check of its workers; with a store they need not see this folder.

    Raises LockstepError if its scheduler does not answer, has no worker or goes away, if a worker does
    not agree with this process, and for a task that its workers die of.

    Parameters
    ----------
    address : str or None
        Of the scheduler.
    store : str or None
        URL of an object store; None: workers share this folder.
    packages : tuple of str
        Distributions that workers must have in the same version.
    """
    place = address or os.environ.get(ADDRESS)
    if not place:
        raise ConfigError(
            f"engine.address is None and {ADDRESS} is not set; expected tcp://host:8786"
        )
    client = connect(place)
    from distributed.comm import CommClosedError
    from distributed.scheduler import KilledWorker

    lost: list[str] = []
    ended = threading.Event()
    watcher = threading.Thread(target=watch, args=(client, ended, lost), daemon=True)
    try:
        info = client.scheduler_info(n_workers=-1)
        if not info["workers"]:
            raise LockstepError(
                f"the Dask scheduler at {place} has no worker; start one (docs/scale.md)"
            )
        dashboard = client.dashboard_link if "dashboard" in info["services"] else "none"
        print(f"Dask {place}: {len(info['workers'])} workers, dashboard {dashboard}")
        if store:
            one_thread(info["workers"])
        known = check(client, not store, packages)
        watcher.start()
        pool = Cluster(client)
        yield Stored(pool, store) if store else pool
        if set(client.scheduler_info(n_workers=-1)["workers"]) - known:  # that came meanwhile
            check(client, not store, packages)
    except KilledWorker as error:
        raise died(error, place) from error
    except (CancelledError, CommClosedError) as error:
        raise LockstepError(
            f"the Dask scheduler at {place} {(lost or ['went away'])[0]}; nothing is lost: look at its "
            "log, start it again, then `dvc repro`"
        ) from error
    finally:
        ended.set()
        if watcher.ident:
            watcher.join()  # it may be closing the client
        client.close(timeout=SECONDS)
