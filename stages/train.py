"""Fit everything that has state, with early stopping on valid.

Reads data/splits/train and valid, writes models/candidate/, metrics/train.json and the learning
curve in metrics/live/; with engine.monitor also reports/system/. Depends on dataset, model and seed.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import bundle, profile
from pipeline.config import load
from pipeline.config.schema import Config
from pipeline.curve import curve
from pipeline.leakage import refuse_leaks
from pipeline.metrics import score
from pipeline.models import STEPS, fit
from pipeline.monitor import monitored
from pipeline.outcome import columns
from pipeline.partitions import paths, read_all
from pipeline.recipe import sources
from pipeline.stage import run
from pipeline.stage.files import fresh, write_json
from pipeline.target import class_weights, encode, transformed
from pipeline.threshold import choose

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Rows = tuple[pd.DataFrame, np.ndarray]  # features and what is fitted of the target

CANDIDATE, LIVE = Path("models/candidate"), Path("metrics/live")


def prior(target: "np.ndarray", task: str) -> list[float]:
    """What the dummy baseline predicts: the mean, P(positive), or each class's share."""
    import numpy as np

    if task != "multiclass":
        return [float(target.mean())]
    return [float(share) for share in np.bincount(target) / len(target)]


def snapshot_name(config: Config) -> str:
    """A name that changes with the training's data and parameters, so no other run resumes from it."""
    dataset = config.dataset
    target = (dataset.target, dataset.target_transform)
    columns = (dataset.task, *target, dataset.numeric, dataset.categorical)
    sums = hashlib.sha256(repr((columns, config.model, config.seed)).encode())
    for name in ("train", "valid"):
        for path in paths(Path("data/splits") / name):
            sums.update(path.read_bytes())
    return sums.hexdigest()[:16]


def learn(config: Config, train: "Rows", valid: "Rows", weights: "np.ndarray") -> tuple[Any, int]:
    """The fitted model and its best iteration; the learning curve is written on the way."""
    dataset, params = config.dataset, config.model.params
    steps = next((params[name] for name in STEPS if name in params), None)
    rows = (train[0], train[1], weights)
    with curve(fresh(LIVE), steps) as log:
        model, best = fit(config, rows, valid, snapshot_name(config), log)
        if not (LIVE / "metrics.json").exists():  # a kind without steps: one point
            predict = bundle.library(config.model.kind)[0].predict
            name = "rmse" if dataset.task == "regression" else "log_loss"
            losses = [
                score(dataset.task, y, predict(model, x, dataset.task))[name]
                for x, y in (train, valid)
            ]
            log(0, *losses)
    return model, best


def main() -> None:
    """Train, choose the threshold, write the bundle."""
    config = load()
    dataset, task = config.dataset, config.dataset.task
    features = dataset.numeric + dataset.categorical
    train, valid = (read_all(Path("data/splits") / name) for name in ("train", "valid"))
    y, classes = encode(train[dataset.target], task, None)
    y_valid, _ = encode(valid[dataset.target], task, classes)
    how = dataset.target_transform, dataset.target
    fitted_on, watched = (transformed(one, *how) for one in (y, y_valid))
    leakage = refuse_leaks(train[features], y, task, dataset.leakage_limit)
    weights = class_weights(y, config.model.class_weights)
    with monitored(config.engine.monitor):
        model, best = learn(
            config, (train[features], fitted_on), (valid[features], watched), weights
        )
    signature: dict[str, Any] = {
        "kind": config.model.kind,
        "task": task,
        "target": dataset.target,
        "target_transform": dataset.target_transform,
        "classes": classes,
        "threshold": 0.5,
        "numeric": dataset.numeric,
        "categorical": dataset.categorical,
    }
    fitted = bundle.Bundle(signature, prior(y, task), model)
    p, p_valid = fitted.predict(train), fitted.predict(valid)
    if task == "binary":
        signature["threshold"] = choose(y_valid, p_valid, config.model.threshold)
    threshold = signature["threshold"]
    sides = [score(task, *one, threshold) for one in ((y, p), (y_valid, p_valid))]
    said = columns(task, p_valid, classes)
    seen = profile.made(train, (dataset.numeric, dataset.categorical), said, sides[1])
    files = sources(dataset.recipe) | {profile.FILE: profile.dumps(seen)}
    bundle.save(fresh(CANDIDATE), model, signature, fitted.baseline, files)
    found = {
        "kind": config.model.kind,
        "best_iteration": best,
        "leakage": leakage,
        "threshold": threshold,
        "train": sides[0],
        "valid": sides[1],
    }
    write_json(Path("metrics/train.json"), found)
    first = next(iter(sides[0]))
    told = ", ".join(
        f"{n} {one[first]:.4f}" for n, one in zip(("train", "valid"), sides, strict=True)
    )
    print(f"{config.model.kind}: {first} {told}")


if __name__ == "__main__":
    run("train", main)
