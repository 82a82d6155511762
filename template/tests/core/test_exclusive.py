"""Only one process changes a thing; the second is told who does, and a killed one holds nothing."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from lockstep.core.exclusive import BusyError, exclusive


def hold(root: Path, thing: str) -> None:
    """Hold a lock until the process is killed."""
    with exclusive(root, thing):
        (root / "held").touch()
        time.sleep(60)


@pytest.fixture
def process(tmp_path: Path) -> multiprocessing.Process:
    """A process that holds the lock of conf."""
    started = multiprocessing.get_context("spawn").Process(target=hold, args=(tmp_path, "conf"))
    started.start()
    while not (tmp_path / "held").exists():
        time.sleep(0.01)
    return started


def test_the_second_is_told_who_is_at_work_until_the_first_is_killed(
    tmp_path: Path, process: multiprocessing.Process
) -> None:
    assert process.pid is not None
    message = rf"process {process.pid}, since .* at work on conf"
    with pytest.raises(BusyError, match=message), exclusive(tmp_path, "conf"):
        pass
    with exclusive(tmp_path, "champion"):
        pass
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with exclusive(tmp_path, "conf"):
        pass
    assert list((tmp_path / ".cache/locks").glob("*.json")) == []


def test_an_error_within_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path, "conf"):
        _ = 1 / 0
    with exclusive(tmp_path, "conf"):
        pass
