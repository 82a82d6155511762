"""Register the candidate if the verdict is a pass; otherwise keep only the refusal.

Reads models/candidate/ and metrics/gate.json, writes models/registered/.
"""

import shutil
from pathlib import Path

from pipeline import bundle
from pipeline.partitions import fresh, write_json
from pipeline.records import read_json
from pipeline.stage import run

CANDIDATE, REGISTERED = Path("models/candidate"), Path("models/registered")


def main() -> None:
    """Copy the bundle and seal it, or write why not."""
    gate = read_json(Path("metrics/gate.json"))
    fresh(REGISTERED)
    if gate["verdict"] != "pass":
        reasons = [check["reason"] for check in gate["checks"] if not check["passed"]]
        write_json(REGISTERED / "refusal.json", {"verdict": gate["verdict"], "reasons": reasons})
        return
    bundle.verify(CANDIDATE)
    shutil.copytree(CANDIDATE, REGISTERED, dirs_exist_ok=True)
    bundle.seal(REGISTERED)


if __name__ == "__main__":
    run("register", main)
