"""XGBoost on the workers of a Dask cluster: each holds a share of the rows, all grow the same trees.

Each row goes to the same worker of the same number of workers, which meet in one order, so that two trainings
are the same bytes. xgboost.dask, which brings them together by the same means, lets the cluster decide.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from lockstep.core.engine import executor
from lockstep.core.engine.cluster import opener
from lockstep.core.errors import LockstepError
from lockstep.core.schema import Config
from lockstep.models import xgboost_matrix as matrix
from lockstep.models.base import Log

if TYPE_CHECKING:
    import numpy as np

FitShare = Callable[["tuple[matrix.Coded, matrix.Coded]", Log], tuple[bytes, int]]

SECONDS = 0.2  # to wait for the next step, before a look at the workers
PATIENCE = 1.0  # seconds until the scheduler has missed a worker that the others miss


def shares_of(rows: "matrix.Coded", n_workers: int) -> "Iterator[list[matrix.Share]]":
    """Yield, for each piece of the rows, the share of every worker."""
    import numpy as np

    def part(values: "np.ndarray | None", rows_of_share: "np.ndarray") -> Any:
        return None if values is None else values[rows_of_share]

    for values, target, weights in rows():
        parts = np.array_split(np.arange(len(target)), n_workers)
        yield [(values[at], target[at], part(weights, at)) for at in parts]


def scatter(client: Any, addresses: list[str], rows: "matrix.Coded") -> list[list[Any]]:
    """Send the rows to their workers, a piece at a time; return the futures of each worker's shares."""
    futures: list[list[Any]] = [[] for _ in addresses]
    for shares in shares_of(rows, len(addresses)):
        for own, address, share in zip(futures, addresses, shares, strict=True):
            if len(share[1]):
                own += client.scatter([share], workers=[address], hash=False)
    if not all(futures):
        raise LockstepError(
            f"model.workers is {len(addresses)}, and train or valid has fewer rows; set model.workers=0"
        )
    return futures


def start_tracker(n_workers: int) -> dict[str, Any]:
    """On a worker: start XGBoost's tracker, where the workers meet; return its arguments for them."""
    from distributed import get_worker
    from distributed.comm import get_address_host
    from xgboost.tracker import RabitTracker

    host = get_address_host(get_worker().address)
    tracker = RabitTracker(n_workers=n_workers, host_ip=host, sortby="task")
    tracker.start()
    threading.Thread(target=tracker.wait_for, daemon=True).start()  # and the thread keeps it
    return dict(tracker.worker_args())


def fit_on_worker(
    fit_share: FitShare,
    rank: int,
    tracker: dict[str, Any],
    topic: str,
    train: "list[matrix.Share]",
    valid: "list[matrix.Share]",
) -> tuple[bytes, int, list[tuple[float, float]]]:
    """On a worker: train on its shares, together with the others; the model, its best iteration, the curve.

    All have the same. The first of them tells each step under the topic.
    """
    from distributed import get_worker
    from xgboost import collective

    worker = get_worker()
    task = worker.get_current_task()
    curve: list[tuple[float, float]] = []

    def log(step: int, train: float, valid: float) -> None:
        curve.append((train, valid))
        if rank == 0:
            worker.log_event(topic, [step, train, valid])
        task_state = worker.state.tasks.get(task)
        if task_state is None or task_state.state == "cancelled":
            raise CancelledError  # nobody waits for it any more; the others lose this one and end too

    # Ranks follow the order of these names, as texts.
    with collective.CommunicatorContext(**tracker, dmlc_task_id=f"{rank:06d}"):
        raw, best = fit_share((lambda: iter(train), lambda: iter(valid)), log)
    return raw, best, curve


def worker_addresses(client: Any) -> set[str]:
    """Return the addresses of the workers that the cluster has now."""
    return set(client.scheduler_info(n_workers=-1)["workers"])


def require_workers(client: Any, addresses: "Iterable[str]") -> None:
    """Raises LockstepError where the scheduler is lost, or a worker and with it its share of the rows."""
    if client.status != "running":
        raise LockstepError(
            "the Dask scheduler was lost while its workers trained; start it again, then `dvc repro` "
            "trains again"
        )
    lost = sorted(set(addresses) - worker_addresses(client))
    if lost:
        raise LockstepError(
            f"Dask worker {lost[0]} was lost while it trained; look at its log, then `dvc repro` "
            "trains again"
        )


def follow(
    client: Any, futures: dict[str, Any], steps: "queue.SimpleQueue[Any]", log: Log
) -> tuple[bytes, int]:
    """Log each step when a worker reports it; return the model and its best iteration at the end.

    futures: by the worker's address. Raises LockstepError as require_workers does.
    """
    logged, states = 0, {"pending"}
    while "pending" in states and states <= {"pending", "finished"}:
        try:
            log(*steps.get(timeout=SECONDS))
            logged += 1
        except queue.Empty:
            require_workers(client, futures)
        states = {future.status for future in futures.values()}
    if states != {"finished"}:
        time.sleep(PATIENCE)
        require_workers(client, futures)  # which tells more than the others' broken connections
    raw, best, curve = next(iter([future.result() for future in futures.values()]))
    for step, losses in list(enumerate(curve))[logged:]:
        log(step, *losses)
    return raw, best


def submit(
    client: Any,
    address: str,
    function: Callable[..., Any],
    *arguments: Any,
    scattered: Any = (),
) -> Any:
    """Return the future of function(*arguments, *scattered) on one worker, which holds what is scattered."""
    import cloudpickle

    packed = cloudpickle.dumps(function), cloudpickle.dumps(arguments)  # see opener()
    return client.submit(opener(), *packed, *scattered, workers=[address], pure=False)


def fit_on_workers(
    config: Config,
    packages: tuple[str, ...],
    fit_share: FitShare,
    sides: "tuple[matrix.Coded, matrix.Coded]",
    log: Log,
) -> tuple[bytes, int]:
    """Train one model together on model.workers workers of the cluster.

    Parameters
    ----------
    packages : tuple of str
        Distributions whose versions the workers must have as this process has them.
    fit_share : callable
        What each worker runs on its share of (train, valid) and a log, beside the others; it returns
        the model as UBJSON and its best iteration.
    sides : tuple
        The encoded rows of train and of valid.

    Returns
    -------
    tuple
        The model as UBJSON, and its best iteration.

    Raises
    ------
    LockstepError
        Where the cluster has fewer workers, or loses one.
    """
    n_workers, topic = config.model.workers, f"lockstep-{uuid4().hex}"
    steps: queue.SimpleQueue[Any] = queue.SimpleQueue()
    with executor(config.engine, packages) as pool:
        client: Any = getattr(pool, "client")  # noqa: B009
        known_addresses = sorted(worker_addresses(client))
        if len(known_addresses) < n_workers:
            raise LockstepError(
                f"model.workers is {n_workers} and the Dask cluster has {len(known_addresses)}; start "
                "more, or set it to what is there, which is another result"
            )
        addresses = known_addresses[:n_workers]
        client.subscribe_topic(topic, lambda event: steps.put(event[1]))
        train, valid = (scatter(client, addresses, rows) for rows in sides)
        tracker = submit(client, addresses[0], start_tracker, n_workers).result()
        futures = {
            address: submit(
                client,
                address,
                fit_on_worker,
                fit_share,
                rank,
                tracker,
                topic,
                scattered=(train[rank], valid[rank]),
            )
            for rank, address in enumerate(addresses)
        }
        try:
            return follow(client, futures, steps, log)
        finally:
            client.cancel(list(futures.values()))
            client.unsubscribe_topic(topic)
