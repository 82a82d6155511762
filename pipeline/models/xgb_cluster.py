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

from pipeline.config.schema import Config
from pipeline.engine import executor
from pipeline.engine.cluster import opener
from pipeline.models import Log, xgb
from pipeline.models import xgb_matrix as matrix
from pipeline.stage.errors import LockstepError

if TYPE_CHECKING:
    import numpy as np
    import xgboost

SECONDS = 0.2  # to wait for the next step, before a look at the workers
PATIENCE = 1.0  # seconds until the scheduler has missed a worker that the others miss


def divided(rows: "matrix.Coded", workers: int) -> "Iterator[list[matrix.Share]]":
    """Of each piece in turn every worker's rows, one after the other."""
    import numpy as np

    def part(values: "np.ndarray | None", at: "np.ndarray") -> Any:
        return None if values is None else values[at]

    for values, target, weights in rows():
        parts = np.array_split(np.arange(len(target)), workers)
        yield [(values[at], target[at], part(weights, at)) for at in parts]


def held(client: Any, addresses: list[str], rows: "matrix.Coded") -> list[list[Any]]:
    """The rows on their workers, sent a piece at a time: the futures of each worker's shares."""
    found: list[list[Any]] = [[] for _ in addresses]
    for shares in divided(rows, len(addresses)):
        for mine, address, share in zip(found, addresses, shares, strict=True):
            if len(share[1]):
                mine += client.scatter([share], workers=[address], hash=False)
    if not all(found):
        raise LockstepError(
            f"model.workers is {len(addresses)}, and train or valid has fewer rows; set model.workers=0"
        )
    return found


def meeting(workers: int) -> dict[str, Any]:
    """On a worker: open the place where the workers meet; what they must know of it."""
    from distributed import get_worker
    from distributed.comm import get_address_host
    from xgboost.tracker import RabitTracker

    host = get_address_host(get_worker().address)
    tracker = RabitTracker(n_workers=workers, host_ip=host, sortby="task")
    tracker.start()
    threading.Thread(target=tracker.wait_for, daemon=True).start()  # and the thread keeps it
    return dict(tracker.worker_args())


def share(
    how: matrix.How,
    rank: int,
    place: dict[str, Any],
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
        here = worker.state.tasks.get(task)
        if here is None or here.state == "cancelled":
            raise CancelledError  # nobody waits for it any more; the others lose this one and end too

    # Ranks follow the order of these names, as texts.
    with collective.CommunicatorContext(**place, dmlc_task_id=f"{rank:06d}"):
        model, best = xgb.learned(how, (lambda: iter(train), lambda: iter(valid)), log)
    return bytes(model.save_raw("ubj")), best, curve


def present(client: Any) -> set[str]:
    """The addresses of the workers that the cluster has now."""
    return set(client.scheduler_info(n_workers=-1)["workers"])


def must_be_whole(client: Any, addresses: "Iterable[str]") -> None:
    """Raises LockstepError where the scheduler is lost, or a worker and with it its share of the rows."""
    if client.status != "running":
        raise LockstepError(
            "the Dask scheduler was lost while its workers trained; start it again, then `dvc repro` "
            "trains again"
        )
    lost = sorted(set(addresses) - present(client))
    if lost:
        raise LockstepError(
            f"Dask worker {lost[0]} was lost while it trained; look at its log, then `dvc repro` "
            "trains again"
        )


def followed(
    client: Any, futures: dict[str, Any], told: "queue.SimpleQueue[Any]", log: Log
) -> tuple[bytes, int]:
    """The model and its best iteration when all workers are done; each step is logged when it is told.

    futures: by the worker's address. Raises LockstepError as must_be_whole does.
    """
    logged, states = 0, {"pending"}
    while "pending" in states and states <= {"pending", "finished"}:
        try:
            log(*told.get(timeout=SECONDS))
            logged += 1
        except queue.Empty:
            must_be_whole(client, futures)
        states = {one.status for one in futures.values()}
    if states != {"finished"}:
        time.sleep(PATIENCE)
        must_be_whole(client, futures)  # which tells more than the others' broken connections
    raw, best, curve = next(iter([one.result() for one in futures.values()]))
    for step, losses in list(enumerate(curve))[logged:]:
        log(step, *losses)
    return raw, best


def sent(
    client: Any, address: str, function: Callable[..., Any], *arguments: Any, held: Any = ()
) -> Any:
    """The future of function(*arguments, *held) on one worker; held are futures of what it holds."""
    import cloudpickle

    packed = cloudpickle.dumps(function), cloudpickle.dumps(arguments)  # see opener()
    return client.submit(opener(), *packed, *held, workers=[address], pure=False)


def learned(
    config: Config, how: matrix.How, sides: "tuple[matrix.Coded, matrix.Coded]", log: Log
) -> "tuple[xgboost.Booster, int]":
    """The booster that model.workers workers of the cluster train together, and its best iteration.

    Raises LockstepError where the cluster has fewer workers, or as must_be_whole does.
    """
    import xgboost

    wanted, topic = config.model.workers, f"lockstep-{uuid4().hex}"
    told: queue.SimpleQueue[Any] = queue.SimpleQueue()
    with executor(config.engine) as pool:
        client: Any = getattr(pool, "client")  # noqa: B009
        there = sorted(present(client))
        if len(there) < wanted:
            raise LockstepError(
                f"model.workers is {wanted} and the Dask cluster has {len(there)}; start more, or set it "
                "to what is there, which is another result"
            )
        addresses = there[:wanted]
        client.subscribe_topic(topic, lambda event: told.put(event[1]))
        train, valid = (held(client, addresses, rows) for rows in sides)
        place = sent(client, addresses[0], meeting, wanted).result()
        futures = {
            address: sent(
                client, address, share, how, rank, place, topic, held=(train[rank], valid[rank])
            )
            for rank, address in enumerate(addresses)
        }
        try:
            raw, best = followed(client, futures, told, log)
        finally:
            client.cancel(list(futures.values()))
            client.unsubscribe_topic(topic)
    model = xgboost.Booster()
    model.load_model(bytearray(raw))
    return model, best
