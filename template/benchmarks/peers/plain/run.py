"""Everything in one process, each function in turn; nothing is kept for the next run."""

import json
from pathlib import Path

import functions
import yaml


def data(settings: dict) -> dict:
    """Train, valid and test, from the raw tables."""
    months = {
        month: functions.featurize(functions.prepare(files), settings["columns"])
        for month, files in functions.parts(functions.RAW).items()
    }
    return {name: functions.together(months, settings["split"], name) for name in functions.SIDES}


if __name__ == "__main__":
    settings = yaml.safe_load(Path("params.yaml").read_text())
    sides = data(settings)
    model = functions.fit(sides["train"], sides["valid"], settings["model"])
    model.save_model("model.cbm")
    metrics = {name: functions.evaluate(model, sides[name]) for name in ("valid", "test")}
    for name, found in metrics.items():
        path = Path("metrics") / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(found))
