"""Processes that share one file of studies: each waiting trial is one process's."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import optuna
import pytest

from lockstep.search.study_storage import taking

TRIALS, PROCESSES = 24, 4


def taken(url: str) -> list[int]:
    """The numbers of the waiting trials that this process took."""
    study = optuna.load_study(study_name="one", storage=url)
    found = []
    for _ in range(TRIALS // PROCESSES):
        with taking():
            found.append(study.ask().number)
    return found


def test_no_trial_that_waits_is_taken_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/studies.db"
    study = optuna.create_study(study_name="one", storage=url)
    for number in range(TRIALS):
        study.enqueue_trial({"x": number})
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        found = [number for numbers in pool.map(taken, [url] * PROCESSES) for number in numbers]
    assert sorted(found) == list(range(TRIALS))
