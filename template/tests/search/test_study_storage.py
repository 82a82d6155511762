"""Processes that share one file of studies: each waiting trial is claimed by one process."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import optuna
import pytest

from lockstep.search.study_storage import claim_lock, open_storage

TRIALS, PROCESSES = 24, 4


def claim_trials(url: str) -> list[int]:
    """Return the numbers of the waiting trials that this process claimed."""
    study = optuna.load_study(study_name="one", storage=url)
    numbers = []
    for _ in range(TRIALS // PROCESSES):
        with claim_lock():
            numbers.append(study.ask().number)
    return numbers


def test_no_waiting_trial_is_claimed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/studies.db"
    study = optuna.create_study(study_name="one", storage=url)
    for number in range(TRIALS):
        study.enqueue_trial({"x": number})
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        claimed = [
            number for numbers in pool.map(claim_trials, [url] * PROCESSES) for number in numbers
        ]
    assert sorted(claimed) == list(range(TRIALS))


def count_studies(url: str) -> int:
    """Return how many studies a storage has that this process opens, perhaps as the first."""
    return len(open_storage(url).get_all_studies())


def test_several_first_searches_open_one_file_of_studies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        for attempt in range(3):
            url = f"sqlite:///{tmp_path}/{attempt}.db"
            assert list(pool.map(count_studies, [url] * PROCESSES)) == [0] * PROCESSES
