"""Nodes from raw tables to the loss on test; the catalog says where each result lies."""

from pathlib import Path

import functions
from kedro.pipeline import Node, Pipeline


def prepare(raw):
    """The cleaned rows of each month."""
    return {month: functions.prepare(files) for month, files in functions.parts(Path(raw)).items()}


def featurize(prepared, columns):
    """The features of each month."""
    return {month: functions.featurize(load(), columns) for month, load in prepared.items()}


def side(features, split, name):
    """The features of train, valid or test."""
    months = {
        month: load() for month, load in features.items() if functions.side(month, split) == name
    }
    return functions.together(months, split, name)


def train(features, split, model):
    """A model, and its loss on valid."""
    valid = side(features, split, "valid")
    found = functions.fit(side(features, split, "train"), valid, model)
    return found, functions.evaluate(found, valid)


def evaluate(model, features, split):
    """The model's loss on test."""
    return functions.evaluate(model, side(features, split, "test"))


def create_pipeline():
    """The nodes, by what they take and give."""
    return Pipeline(
        [
            Node(prepare, "params:raw", "prepared", name="prepare"),
            Node(featurize, ["prepared", "params:columns"], "features", name="featurize"),
            Node(
                train,
                ["features", "params:split", "params:model"],
                ["model", "valid"],
                name="train",
            ),
            Node(evaluate, ["model", "features", "params:split"], "test", name="evaluate"),
        ]
    )
