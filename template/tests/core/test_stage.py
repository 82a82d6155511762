"""A stage's cost is recorded beside its outputs; an error is one line and leaves no record."""

import json
import os
from pathlib import Path

import pytest

from lockstep.core import stage
from lockstep.core.errors import DataError


def test_a_stage_that_ends_records_what_it_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    stage.run("train", lambda: None)
    cost = json.loads((tmp_path / ".cache/costs/train.json").read_text(encoding="utf-8"))
    assert 0 <= cost["seconds"] < 60 and cost["peak_memory_mb"] > 1


def test_a_stage_that_fails_exits_with_one_line_and_no_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LOCKSTEP_DEBUG", raising=False)

    def main() -> None:
        raise DataError("no rows")

    with pytest.raises(SystemExit, match="1"):
        stage.run("train", main)
    assert capsys.readouterr().err == "train: no rows\n"
    assert not (tmp_path / ".cache").exists()


def test_one_blas_thread_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    stage.limit_threads()
    assert (os.environ["MKL_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"]) == ("1", "3")
