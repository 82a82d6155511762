"""The grid as a loop of sessions, each with its own runtime parameters."""

import itertools
from pathlib import Path

import yaml
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

root = Path.cwd()
bootstrap_project(root)
grid = yaml.safe_load(Path("grid.yaml").read_text())
for depth, rate in itertools.product(grid["depth"], grid["learning_rate"]):
    trial = {"iterations": grid["iterations"], "depth": depth, "learning_rate": rate}
    given = {"model": trial, "valid": f"trials/{depth}_{rate}.json"}
    with KedroSession.create(project_path=root, runtime_params=given) as session:
        session.run(node_names=["train"])
