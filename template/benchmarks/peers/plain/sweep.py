"""The grid as a loop: the data is made once and stays in memory."""

import itertools
import json
from pathlib import Path

import functions
import yaml
from run import data

settings = yaml.safe_load(Path("params.yaml").read_text())
sides = data(settings)
Path("trials").mkdir(exist_ok=True)
grid = yaml.safe_load(Path("grid.yaml").read_text())
for depth, rate in itertools.product(grid["depth"], grid["learning_rate"]):
    trial = {"iterations": grid["iterations"], "depth": depth, "learning_rate": rate}
    model = functions.fit(sides["train"], sides["valid"], {**settings["model"], **trial})
    found = functions.evaluate(model, sides["valid"])
    Path(f"trials/{depth}_{rate}.json").write_text(json.dumps(found))
