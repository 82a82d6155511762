"""The grid as a foreach: a task a trial, on the data of the flow's latest run."""

import itertools
import json
from pathlib import Path

import functions
import yaml
from flow import settings
from metaflow import Flow, FlowSpec, step


class SweepFlow(FlowSpec):
    """Trains once for each combination."""

    @step
    def start(self):
        """The grid."""
        grid = yaml.safe_load(Path("grid.yaml").read_text())
        self.trials = [
            {"iterations": grid["iterations"], "depth": depth, "learning_rate": rate}
            for depth, rate in itertools.product(grid["depth"], grid["learning_rate"])
        ]
        self.next(self.train, foreach="trials")

    @step
    def train(self):
        """One trial."""
        self.trial, sides = self.input, Flow("FlightsFlow").latest_run["start"].task.data.sides
        self.model = functions.fit(
            sides["train"], sides["valid"], {**settings()["model"], **self.trial}
        )
        self.valid = functions.evaluate(self.model, sides["valid"])
        self.next(self.join)

    @step
    def join(self, inputs):
        """The losses of all trials as files."""
        Path("trials").mkdir(exist_ok=True)
        for one in inputs:
            name = f"{one.trial['depth']}_{one.trial['learning_rate']}"
            Path(f"trials/{name}.json").write_text(json.dumps(one.valid))
        self.next(self.end)

    @step
    def end(self):
        """Nothing more."""


if __name__ == "__main__":
    SweepFlow()
