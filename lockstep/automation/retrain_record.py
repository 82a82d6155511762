"""The results of a retraining, as its record holds them."""

from pathlib import Path
from typing import Any

from lockstep.core.files import read_json
from lockstep.data.partition_cache import STORE

Record = dict[str, Any]


def partitions(root: Path) -> Record:
    """Return, by stage, how many partitions its last run made and how many it reused."""
    return {path.stem: read_json(path) for path in sorted((root / STORE).glob("*.json"))}


def results(root: Path, metric: str) -> Record:
    """Return data, drift, verdict and the champion's comparison, from metrics/ of the run that just ended.

    metric: the one by which the gate compares.
    """
    parts = ("data", "drift", "gate", "test")
    data, drift, gate, test = (read_json(root / f"metrics/{name}.json") for name in parts)
    return {
        "data": {name: data[name] for name in ("ingested", "validated", "quarantined")},
        "drift": {
            "share": drift["share"],
            "columns": [column["column"] for column in drift["columns"] if column["drifted"]],
        },
        "verdict": gate["verdict"],
        "reasons": [check["reason"] for check in gate["checks"] if not check["passed"]],
        "metric": metric,
        "value": test["metrics"][metric],
        "champion": champion_comparison(gate["champion"], metric),
    }


def champion_comparison(champion: Record, metric: str) -> Record | None:
    """Return the champion's version, metric and difference; None where the gate did not compare."""
    difference: Record | None = (champion["metrics"] or {}).get(metric)
    if difference is None:
        return None
    return {
        "version": champion["version"],
        "value": difference["old"],
        "difference": difference["difference"],
        "interval": difference["interval"],
    }
