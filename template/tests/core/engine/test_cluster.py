"""A Dask cluster maps as one process does, and what is not there or goes away is told in one line."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lockstep.core.engine import executor
from lockstep.core.engine.cluster import about, key
from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.schema import Engine
from template.tests.core.engine import project
from template.tests.support.cluster import cluster, free_port, running
from template.tests.support.workspace import environment
from tests.closure import ROOT


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster of two workers in the repository's root."""
    yield from cluster(ROOT, 2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The penguins, validated."""
    return project.project(tmp_path_factory.mktemp("cluster"))


def where(number: int) -> tuple[int, int]:
    """The number and the process that has it."""
    return number, os.getpid()


def test_a_cluster_maps_in_order_on_other_processes(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with executor(Engine("dask", address=address)) as pool:
        result = list(pool.map(where, range(20)))
        assert list(pool.map(where, [])) == []
    assert [number for number, _ in result] == list(range(20))
    assert os.getpid() not in {process for _, process in result}
    output = capsys.readouterr().out
    assert output.startswith(f"Dask {address}: 2 workers, dashboard http://127.0.0.1:")


def test_the_address_may_stand_in_the_environment(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigError, match="DASK_SCHEDULER_ADDRESS is not set"):
        executor(Engine("dask")).__enter__()
    monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", address)
    with executor(Engine("dask")) as pool:
        assert pool.submit(len, "abc").result() == 3


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lockstep.core.engine.cluster.SECONDS", 1)
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(LockstepError, match=f"no Dask scheduler answers at {address}"):
        executor(Engine("dask", address=address)).__enter__()


def test_a_task_is_named_after_its_partition() -> None:
    assert about(key(where, (Path("data/a-b/2013-01.parquet"), 1))) == "data/a-b/2013-01.parquet"
    assert about(key(where, ("2013-01", 1))) == "2013-01"
    assert about(key(where, (1,))) == "a task"


def test_a_worker_killed_while_it_computes_costs_no_byte(folder: Path) -> None:
    project.on(folder, None)
    project.clean(folder, "pass")
    alone = project.preprocessed(folder)
    die_once = (
        "import os, signal; from pathlib import Path\n"
        "    if len(frame) == 44 and not Path('died').exists():\n"
        "        Path('died').touch(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    project.clean(folder, die_once)
    with running(folder, 2) as result:
        project.on(folder, result.address)
        assert project.preprocessed(folder) == alone
        ended = [process.poll() for process in result.workers]
    assert (folder / "died").exists() and sorted(ended, key=str) == [-signal.SIGKILL, None]


def test_what_kills_every_worker_is_named_with_what_to_do(folder: Path) -> None:
    """The nanny ends a worker that has more than its memory; the scheduler gives up at the second."""
    hungry = "import time\n    if len(frame) == 44:\n        held = b'x' * 2**30; time.sleep(60)"
    project.clean(folder, hungry)
    limits = {
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
        "DASK_DISTRIBUTED__WORKER__MEMORY__SPILL": "false",
        "DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE": "false",
    }
    with running(folder, 1, "--memory-limit", "700MB", nanny=True, **limits) as result:
        project.on(folder, result.address)
        line = project.refused(folder)
    last = sorted((folder / "data/validated").iterdir())[-1]  # of 44 rows
    assert line.startswith(f"preprocess: data/validated/{last.name}: 2 workers of {result.address}")
    assert "(memory: 700 MB); lower dataset.partition_rows, or give each worker more" in line


def test_a_scheduler_killed_in_the_middle_ends_the_stage_in_one_line(folder: Path) -> None:
    project.clean(
        folder, "import time; from pathlib import Path; Path('at').touch(); time.sleep(60)"
    )
    with running(folder, 1) as result:
        project.on(folder, result.address)
        stage = subprocess.Popen(
            [sys.executable, "-m", "stages.preprocess"],
            cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        while not (folder / "at").exists() and stage.poll() is None:
            time.sleep(0.05)
        result.scheduler.kill()
        _, output = stage.communicate(timeout=60)
    assert stage.returncode == 1
    [line] = output.splitlines()
    assert line.startswith(f"preprocess: the Dask scheduler at {result.address} went away")


@pytest.mark.parametrize(
    "what, why", [("workers", "had no worker for 2 s"), ("scheduler", "gave no answer for 2 s")]
)
def test_a_cluster_that_falls_silent_is_given_up(
    what: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lockstep.core.engine.cluster.SECONDS", 1)
    monkeypatch.setattr("lockstep.core.engine.cluster.PATIENCE", 2)
    with (
        running(ROOT, 1) as result,
        pytest.raises(LockstepError, match=why),
        executor(Engine("dask", address=result.address)) as pool,
    ):
        results = pool.map(time.sleep, [60])
        if what == "workers":
            result.workers[0].kill()
        else:
            result.scheduler.send_signal(signal.SIGSTOP)
        list(results)
