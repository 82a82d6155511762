"""The record of a retraining is taken from metrics/ of the run that ended."""

import json
from pathlib import Path
from typing import Any

import pytest

from lockstep.automation.retrain_record import partitions, results
from lockstep.data.partition_cache import STORE

DIFFERENCE = {"old": 0.3, "new": 0.2, "difference": -0.1, "interval": [-0.2, 0.0]}
METRICS: dict[str, Any] = {
    "data": {"ingested": 10, "validated": 9, "quarantined": 1, "checks": []},
    "drift": {
        "share": 0.5,
        "columns": [{"column": "a", "drifted": True}, {"column": "b", "drifted": False}],
    },
    "gate": {
        "verdict": "fail",
        "checks": [{"reason": "good", "passed": True}, {"reason": "bad", "passed": False}],
        "champion": {"version": "v1.0.0", "metrics": {"rmse": DIFFERENCE}},
    },
    "test": {"metrics": {"rmse": 0.2}},
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the metrics of a run."""
    (tmp_path / "metrics").mkdir()
    for name, content in METRICS.items():
        (tmp_path / f"metrics/{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


def test_data_drift_verdict_and_champion_are_those_of_the_run(root: Path) -> None:
    record = results(root, "rmse")
    assert record["data"] == {"ingested": 10, "validated": 9, "quarantined": 1}
    assert record["drift"] == {"share": 0.5, "columns": ["a"]}
    assert (record["verdict"], record["reasons"], record["value"]) == ("fail", ["bad"], 0.2)
    assert record["champion"] == {
        "version": "v1.0.0",
        "value": 0.3,
        "difference": -0.1,
        "interval": [-0.2, 0.0],
    }


def test_without_a_comparison_there_is_no_champion(root: Path) -> None:
    gate = {**METRICS["gate"], "champion": {"version": None, "metrics": None}}
    (root / "metrics/gate.json").write_text(json.dumps(gate), encoding="utf-8")
    assert results(root, "rmse")["champion"] is None


def test_partitions_are_counted_by_stage(root: Path) -> None:
    assert partitions(root) == {}
    (root / STORE).mkdir(parents=True)
    (root / STORE / "ingest.json").write_text('{"made": 1, "reused": 4}', encoding="utf-8")
    assert partitions(root) == {"ingest": {"made": 1, "reused": 4}}
