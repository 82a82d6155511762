"""The pipeline as a flow: what a step leaves on self is kept as an artifact of the run."""

import json
from pathlib import Path

import functions
import yaml
from metaflow import FlowSpec, step


def settings() -> dict:
    """What params.yaml says now: a step that is run again by `resume` reads it anew."""
    return yaml.safe_load(Path("params.yaml").read_text())


class FlightsFlow(FlowSpec):
    """From raw tables to the loss on test."""

    @step
    def start(self):
        """Raw tables to train, valid and test."""
        columns, split = settings()["columns"], settings()["split"]
        months = {
            month: functions.featurize(functions.prepare(files), columns)
            for month, files in functions.parts(functions.RAW).items()
        }
        self.sides = {name: functions.together(months, split, name) for name in functions.SIDES}
        self.next(self.train)

    @step
    def train(self):
        """Features to a model, and its loss on valid."""
        self.model = functions.fit(self.sides["train"], self.sides["valid"], settings()["model"])
        self.valid = functions.evaluate(self.model, self.sides["valid"])
        self.next(self.evaluate)

    @step
    def evaluate(self):
        """The model's loss on test."""
        self.test = functions.evaluate(self.model, self.sides["test"])
        self.next(self.end)

    @step
    def end(self):
        """Both losses as files."""
        Path("metrics").mkdir(exist_ok=True)
        for name in ("valid", "test"):
            Path(f"metrics/{name}.json").write_text(json.dumps(getattr(self, name)))


if __name__ == "__main__":
    FlightsFlow()
