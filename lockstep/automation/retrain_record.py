"""What a retraining found, as its record says it."""

from pathlib import Path
from typing import Any

from lockstep.core.files import read_json
from lockstep.data.partition_cache import STORE

Record = dict[str, Any]


def partitions(root: Path) -> Record:
    """By stage, how many partitions its last run made and how many it took from the run before."""
    return {path.stem: read_json(path) for path in sorted((root / STORE).glob("*.json"))}


def found(root: Path, metric: str) -> Record:
    """Data, drift, verdict and the champion's comparison, from metrics/ of the run that just ended.

    metric: the one by which the gate compares.
    """
    parts = ("data", "drift", "gate", "test")
    data, drift, gate, test = (read_json(root / f"metrics/{name}.json") for name in parts)
    champion = gate["champion"]
    against = (champion["metrics"] or {}).get(metric)
    return {
        "data": {name: data[name] for name in ("ingested", "validated", "quarantined")},
        "drift": {
            "share": drift["share"],
            "columns": [one["column"] for one in drift["columns"] if one["drifted"]],
        },
        "verdict": gate["verdict"],
        "reasons": [one["reason"] for one in gate["checks"] if not one["passed"]],
        "metric": metric,
        "value": test["metrics"][metric],
        "champion": against and {"version": champion["version"], "value": against["old"],
                                 "difference": against["difference"], "interval": against["interval"]},
    }  # fmt: skip
