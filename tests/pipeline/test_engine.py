"""The engines: a Dask cluster maps as one process does, and what is not there is told in one line."""

import os
from collections.abc import Iterator

import pytest

from pipeline.config.schema import Engine
from pipeline.engine import executor
from pipeline.stage.errors import ConfigError, LockstepError
from tests.closure import ROOT
from tests.cluster import cluster, free_port


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster of two workers in the repository's root."""
    yield from cluster(ROOT, 2)


def where(number: int) -> tuple[int, int]:
    """The number and the process that has it."""
    return number, os.getpid()


def test_a_cluster_maps_in_order_on_other_processes(address: str) -> None:
    with executor(Engine("dask", address=address)) as pool:
        found = list(pool.map(where, range(20)))
    assert [number for number, _ in found] == list(range(20))
    assert os.getpid() not in {process for _, process in found}


def test_the_address_may_stand_in_the_environment(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match="DASK_SCHEDULER_ADDRESS is not set"):
        executor(Engine("dask")).__enter__()
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
    with executor(Engine("dask")) as pool:
        assert pool.submit(len, "abc").result() == 3


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.engine.SECONDS", 1)
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(LockstepError, match=f"no Dask scheduler answers at {address}"):
        executor(Engine("dask", address=address)).__enter__()
