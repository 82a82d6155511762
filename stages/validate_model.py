"""The gates: a verdict with one record per check; a bad model is a verdict, not an error.

Reads metrics/data.json, train.json and test.json, writes metrics/gate.json. Depends on gate, dataset.
"""

from pathlib import Path

from pipeline.config import load
from pipeline.gates import checks, verdict
from pipeline.stage import run
from pipeline.stage.files import read_json, write_json


def main() -> None:
    """Judge and write down why."""
    config = load()
    data, train, test = (read_json(Path(f"metrics/{n}.json")) for n in ("data", "train", "test"))
    metric = config.gate.baseline_metric[config.dataset.task]
    found = checks(config.gate, metric, data, train, test)
    result = verdict(found, config.gate.unknown_blocks)
    write_json(Path("metrics/gate.json"), {"verdict": result, "checks": found})
    print(f"verdict: {result}")
    for check in found:
        if not check["passed"]:
            print(f"  {check['reason']}")


if __name__ == "__main__":
    run("validate_model", main)
