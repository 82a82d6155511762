"""Register the candidate if the verdict is a pass; otherwise keep only the refusal.

Reads models/candidate/, metrics/, the manifest and the code that made the model; writes
models/registered/: lineage and card, with the candidate and its whole configuration, sealed again.
"""

import shutil
from pathlib import Path

from lockstep.core.config import load_config, result_parameters
from lockstep.core.files import fresh, write_json, write_text
from lockstep.core.stage import run
from lockstep.models.kinds import check_model
from lockstep.registry.lineage import gather_facts, lineage
from lockstep.registry.model_card import card
from lockstep.training import bundle

CANDIDATE, REGISTERED = Path("models/candidate"), Path("models/registered")


def main() -> None:
    """Complete the bundle, or write why there is none; lineage and card of a refused model too."""
    config, facts = load_config(), gather_facts(CANDIDATE)
    check_model(config)
    gate = facts["gate"]
    fresh(REGISTERED)
    write_json(REGISTERED / "lineage.json", lineage(config, facts, Path("."), CANDIDATE))
    write_text(REGISTERED / "README.md", card(config, facts))
    if gate["verdict"] != "pass":
        reasons = [check["reason"] for check in gate["checks"] if not check["passed"]]
        write_json(REGISTERED / "refusal.json", {"verdict": gate["verdict"], "reasons": reasons})
        print(f"refused: {REGISTERED.as_posix()}/refusal.json says why")
        return
    shutil.copytree(CANDIDATE, REGISTERED, dirs_exist_ok=True)
    write_json(REGISTERED / bundle.CONFIG, result_parameters(config))
    bundle.seal(REGISTERED)
    print(f"registered: {REGISTERED.as_posix()}")


if __name__ == "__main__":
    run("register", main)
