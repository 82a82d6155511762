"""The gates: a verdict with one record per check; a bad model is a verdict, not an error.

Reads metrics/data, train, test and drift.json, and where models/champion.yaml points to a champion
its bundle and the test rows; writes metrics/gate.json. Depends on gate, dataset and seed.
"""

from pathlib import Path
from typing import Any

from lockstep.core.config import load
from lockstep.core.errors import LockstepError
from lockstep.core.files import read_json, write_json
from lockstep.core.schema import Config
from lockstep.core.stage import run
from lockstep.registry import versions
from lockstep.registry.gates import against_champion, checks, verdict

Record = dict[str, Any]
NEEDED = {  # of each file in metrics/
    "data": ("ingested", "quarantined"),
    "train": ("train", "leakage"),
    "test": ("metrics", "baseline", "slices"),
    "drift": ("share",),
}


def judged(config: Config, entry: Record | None) -> tuple[dict[str, Record] | None, str]:
    """Every metric against the champion's, or why there is no comparison."""
    if entry is None:
        return None, "there is no champion yet"
    if entry["dataset"] != config.dataset.name:
        return None, f"the champion {entry['version']} is of data set {entry['dataset']}"
    from lockstep.registry import champion

    try:
        folder = versions.fetch(entry, Path.cwd())
        return champion.judged(folder, config.dataset.key, config.seed), ""
    except LockstepError as error:
        return None, str(error)


def main() -> None:
    """Judge and write down why."""
    config = load()
    gate, metric = config.gate, config.gate.baseline_metric[config.dataset.task]
    data, train, test, drift = (
        read_json(Path(f"metrics/{name}.json"), *keys) for name, keys in NEEDED.items()
    )
    entry = versions.champion(Path.cwd())
    version = None if entry is None else str(entry["version"])
    metrics, why = judged(config, entry)
    found = checks(gate, metric, data, train, test, drift)
    ours = metrics and metrics[metric]
    found.append(against_champion(gate, metric, test["baseline"][metric], version, ours, why))
    result = verdict(found, gate.unknown_blocks)
    against = {"version": version, "metrics": metrics, "reason": why or None}
    write_json(Path("metrics/gate.json"), {"verdict": result, "checks": found, "champion": against})
    print(f"verdict: {result}")
    for check in found:
        if not check["passed"]:
            print(f"  {check['reason']}")


if __name__ == "__main__":
    run("validate_model", main)
