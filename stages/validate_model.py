"""Check the candidate against the gates and write the verdict; a bad model is a verdict, not an error.

Reads metrics/data, train, test and drift.json, and where models/champion.yaml points to a champion its bundle
and the test rows; writes metrics/gate.json. Depends on gate, dataset and seed.
"""

from pathlib import Path
from typing import Any

from lockstep.core.config import load_config
from lockstep.core.errors import LockstepError
from lockstep.core.files import read_json, write_json
from lockstep.core.schema import Config
from lockstep.core.stage import run
from lockstep.registry import versions
from lockstep.registry.gates import champion_check, gate_checks, verdict
from lockstep.training.own_metrics import load_metrics

Record = dict[str, Any]
METRICS = {  # files in metrics/, and the keys that are needed of each
    "data": ("ingested", "quarantined"),
    "train": ("train", "leakage"),
    "test": ("metrics", "baseline", "slices"),
    "drift": ("share",),
}


def compare_with_champion(
    config: Config, pointer: Record | None
) -> tuple[dict[str, Record] | None, str]:
    """Return every metric's difference to the champion's, or None and why there is no comparison."""
    if pointer is None:
        return None, "there is no champion yet"
    if pointer["dataset"] != config.dataset.name:
        return None, f"the champion {pointer['version']} is of data set {pointer['dataset']}"
    from lockstep.registry import champion

    try:
        folder = versions.fetch(pointer, Path.cwd())
        own = load_metrics(config.dataset.metrics)
        return champion.compare_with_champion(folder, config.dataset.key, config.seed, own), ""
    except LockstepError as error:
        return None, str(error)


def main() -> None:
    """Make every check, write the verdict and its reasons."""
    config = load_config()
    gate, metric = config.gate, config.gate.baseline_metric[config.dataset.task]
    data, train, test, drift = (
        read_json(Path(f"metrics/{name}.json"), *keys) for name, keys in METRICS.items()
    )
    pointer = versions.champion(Path.cwd())
    version = None if pointer is None else str(pointer["version"])
    differences, why_not = compare_with_champion(config, pointer)

    checks = gate_checks(gate, metric, data, train, test, drift)
    difference = None if differences is None else differences[metric]
    dummy = test["baseline"][metric]
    checks.append(champion_check(gate, metric, dummy, version, difference, why_not))
    outcome = verdict(checks, gate.unknown_blocks)

    record = {
        "verdict": outcome,
        "checks": [check.record() for check in checks],
        "champion": {"version": version, "metrics": differences, "reason": why_not or None},
    }
    write_json(Path("metrics/gate.json"), record)
    print(f"verdict: {outcome}")
    for check in checks:
        if not check.passed:
            print(f"  {check.reason}")


if __name__ == "__main__":
    run("validate_model", main)
