"""XGBoost on two workers: the same bytes each time, from all their rows; one line where one is lost."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from distributed import Client

from lockstep.core.errors import LockstepError
from lockstep.core.schema import TASKS, Config
from lockstep.models.kinds import Log, fit
from template.tests.support.cluster import cluster
from template.tests.support.models import answer, configured, nothing, table
from template.tests.support.rows import rows
from tests.closure import ROOT


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster of two workers in the repository's root."""
    yield from cluster(ROOT, 2)


def together(address: str, task: str, workers: int = 2, rounds: int = 20) -> Config:
    """A configuration that trains on the cluster."""
    config = configured("xgboost", task)
    config.engine.kind, config.engine.address = "dask", address
    config.model.workers = workers
    config.model.params["num_boost_round"] = rounds
    return config


def trained(config: Config, log: Log = nothing) -> tuple[Any, int]:
    """A model of 400 rows and its best iteration."""
    train, valid = table(400, 1), table(150, 2)
    y, watched = (answer(frame, config.dataset.task) for frame in (train, valid))
    return fit(config, rows(train, y), rows(valid, watched), "", log)


def raw(model: Any) -> bytes:
    """What save() writes."""
    return bytes(model.save_raw("ubj"))


@pytest.mark.parametrize("task", TASKS)
def test_two_trainings_by_two_workers_are_the_same_bytes_and_use_all_rows(
    address: str, task: str
) -> None:
    curve: list[tuple[float, float]] = []
    steps: list[int] = []

    def log(step: int, train: float, valid: float) -> None:
        steps.append(step)
        curve.append((train, valid))

    model, best = trained(together(address, task), log)
    again, _ = trained(together(address, task))
    assert raw(model) == raw(again)
    assert steps == list(range(len(steps))) and best == int(np.argmin([loss for _, loss in curve]))
    # Sums in another order than alone, so a tree may differ: but not as one of half of the rows would.
    alone: list[float] = []
    trained(configured("xgboost", task), lambda step, loss, _: alone.append(loss))
    assert [loss for loss, _ in curve[:5]] == pytest.approx(alone[:5], rel=0.01)


def test_a_cluster_with_fewer_workers_is_refused(address: str) -> None:
    with pytest.raises(LockstepError, match=r"model\.workers is 3 and the Dask cluster has 2"):
        trained(together(address, "binary", workers=3))


def test_after_an_interrupt_the_workers_are_free(address: str) -> None:
    def stop(step: int, *_: float) -> None:
        if step == 3:
            raise KeyboardInterrupt

    config = together(address, "binary", rounds=100_000)
    config.model.early_stopping_rounds = 0
    with pytest.raises(KeyboardInterrupt):
        trained(config, stop)
    with Client(address, set_as_default=False) as client:
        for one in client.scheduler_info(n_workers=-1)["workers"]:
            assert client.submit(os.getpid, workers=[one], pure=False).result(timeout=60)


@pytest.mark.parametrize("who", ["worker", "scheduler"])
def test_a_worker_or_scheduler_that_is_killed_ends_it_in_one_line(who: str) -> None:
    with contextmanager(cluster)(ROOT, 2) as address:
        with Client(address, set_as_default=False) as client:
            pids = {"worker": min(client.run(os.getpid).values())}
            pids["scheduler"] = client.run_on_scheduler(os.getpid)

        def kill(step: int, *_: float) -> None:
            if step == 3:
                os.kill(pids[who], signal.SIGKILL)

        config = together(address, "binary", rounds=100_000)
        config.model.early_stopping_rounds = 0
        with pytest.raises(LockstepError, match=f"Dask {who}.* was lost while it") as told:
            trained(config, kill)
        assert "\n" not in str(told.value)
