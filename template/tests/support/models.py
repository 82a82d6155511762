"""Small tables, targets and trainings for the tests of models."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lockstep.core.schema import Config
from lockstep.models.kinds import fit
from lockstep.training import bundle
from template.tests.support.rows import rows

PARAMS: dict[str, dict[str, Any]] = {
    "catboost": {"iterations": 20, "learning_rate": 0.2, "depth": 3, "thread_count": 2},
    "hist_gradient_boosting": {"max_iter": 20},
    "random_forest": {"n_estimators": 10, "max_depth": 4},
    "linear": {},
    "extra_trees": {"n_estimators": 10, "max_depth": 4},
    "dummy": {},
    "xgboost": {"num_boost_round": 20, "max_depth": 3, "nthread": 2},
    "lightgbm": {"num_iterations": 20, "num_leaves": 7, "num_threads": 2},
}
FEATURES = ["size", "gappy", "colour", "maker"]


def table(rows: int, seed: int) -> pd.DataFrame:
    """Two numeric columns, one with gaps, and two categorical."""
    draw = np.random.default_rng(seed)
    gappy = np.where(draw.random(rows) < 0.2, np.nan, draw.normal(size=rows))
    return pd.DataFrame(
        {
            "size": draw.normal(size=rows),
            "gappy": gappy,
            "colour": draw.choice(["blue", "green", "red"], rows),
            "maker": draw.choice(["missing", "one", "two"], rows),
        }
    )


def answer(frame: pd.DataFrame, task: str) -> np.ndarray:
    """A noisy target that depends on a numeric and a categorical column."""
    noise = np.random.default_rng(len(frame)).normal(size=len(frame))
    value: np.ndarray = frame["size"].to_numpy() + (frame["colour"] == "red").to_numpy() + noise
    if task == "regression":
        return value
    return np.digitize(value, [0.3] if task == "binary" else [-0.4, 1.0])


def configured(kind: str, task: str, threads: int = 1) -> Config:
    config = Config(seed=7)
    config.dataset.task = task
    config.dataset.numeric, config.dataset.categorical = FEATURES[:2], FEATURES[2:]
    config.model.kind, config.model.params = kind, dict(PARAMS[kind])
    config.model.early_stopping_rounds = 5
    config.engine.threads = threads
    return config


def nothing(*step: float) -> None:
    """A log that keeps nothing."""


Answer = Callable[[pd.DataFrame, str], np.ndarray]


def trained(config: Config, snapshot: str, answer: Answer = answer) -> bundle.Bundle:
    """A fitted bundle, not yet saved; answer gives the target of a table."""
    task = config.dataset.task
    train, valid = table(400, 1), table(150, 2)
    y, y_valid = answer(train, task), answer(valid, task)
    steps: list[tuple[int, float, float]] = []
    model, best = fit(
        config,
        rows(train, y),
        rows(valid, y_valid),
        snapshot,
        lambda *step: steps.append(step),
    )
    assert [step for step, _, _ in steps] == list(range(len(steps)))
    assert 0 <= best <= max(len(steps) - 1, 0)
    signature = {
        "kind": config.model.kind,
        "task": task,
        "numeric": config.dataset.numeric,
        "categorical": config.dataset.categorical,
    }
    return bundle.Bundle(signature, [0.5], model)


def saved(one: bundle.Bundle, folder: Path) -> dict[str, bytes]:
    """Save into a folder; its files' names and bytes."""
    folder.mkdir()
    recipes = {"recipe.py": b"# a recipe\n"}
    bundle.save(folder, one.model, one.signature, one.baseline, recipes)
    return {path.name: path.read_bytes() for path in folder.iterdir()}
