"""Register the candidate if the verdict is a pass; otherwise keep only the refusal.

Reads models/candidate/ and metrics/gate.json, writes models/registered/.
"""

import hashlib
import shutil
from pathlib import Path

from pipeline.stage import run
from pipeline.stage.files import fresh, read_json, write_json

CANDIDATE, REGISTERED = Path("models/candidate"), Path("models/registered")


def main() -> None:
    """Copy the bundle with the hash of each file, or write why not."""
    gate = read_json(Path("metrics/gate.json"))
    fresh(REGISTERED)
    if gate["verdict"] != "pass":
        reasons = [check["reason"] for check in gate["checks"] if not check["passed"]]
        write_json(REGISTERED / "refusal.json", {"verdict": gate["verdict"], "reasons": reasons})
        return
    sums = {}
    for path in sorted(CANDIDATE.iterdir()):
        shutil.copyfile(path, REGISTERED / path.name)
        sums[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    write_json(REGISTERED / "sha256.json", sums)


if __name__ == "__main__":
    run("register", main)
