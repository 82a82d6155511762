"""Fit everything that has state, with early stopping on valid.

Reads data/splits/train and valid, writes models/candidate/, metrics/train.json and the learning
curve in metrics/live/; with engine.monitor also reports/system/. Depends on dataset, model and seed.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import bundle, profile
from pipeline.config import load
from pipeline.config.schema import Config, Dataset
from pipeline.curve import curve
from pipeline.leakage import labels, refuse_leaks, strongest
from pipeline.metrics import score
from pipeline.models import STEPS, fit
from pipeline.models.rows import Rows
from pipeline.monitor import monitored
from pipeline.outcome import columns, names
from pipeline.partitions import paths
from pipeline.reader import Reader, of_training, targets
from pipeline.recipe import sources
from pipeline.stage import run
from pipeline.stage.files import fresh, write_json
from pipeline.target import class_weights, transformed
from pipeline.threshold import choose

if TYPE_CHECKING:
    import numpy as np

SPLITS, CANDIDATE = Path("data/splits"), Path("models/candidate")
LIVE = Path("metrics/live")


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
        for path in paths(SPLITS / name):
            sums.update(path.read_bytes())
    return sums.hexdigest()[:16]


def looked_at(
    reader: Reader, y: "np.ndarray", dataset: Dataset, outputs: int
) -> tuple[dict[str, float], dict[str, profile.Column]]:
    """How well each feature alone ranks the target, and its profile."""
    sides = labels(y, dataset.task)
    most = profile.room(len(dataset.numeric) + len(dataset.categorical) + outputs)
    ranks, bins = {}, {}
    for name, column in reader.columns(dataset.numeric, dataset.categorical):
        ranks[name] = strongest(column, sides)
        bins[name] = profile.column(column, name in dataset.numeric, most)
    return ranks, bins


def learn(config: Config, train: Rows, valid: Rows) -> tuple[Any, int]:
    """The fitted model and its best iteration; the learning curve is written on the way."""
    import numpy as np

    task, params = config.dataset.task, config.model.params
    steps = next((params[name] for name in STEPS if name in params), None)
    with curve(fresh(LIVE), steps) as log:
        model, best = fit(config, train, valid, snapshot_name(config), log)
        if not (LIVE / "metrics.json").exists():  # a kind without steps: one point
            predict = bundle.library(config.model.kind)[0].predict
            name = "rmse" if task == "regression" else "log_loss"
            losses = []
            for side in (train, valid):
                said = np.concatenate([predict(model, x, task) for x in side.features()])
                losses.append(score(task, side.target, said)[name])
            log(0, *losses)
    return model, best


def main() -> None:
    """Train, choose the threshold, write the bundle."""
    import numpy as np

    config = load()
    dataset, task = config.dataset, config.dataset.task
    features = dataset.numeric + dataset.categorical
    train, valid = of_training(SPLITS / "train", config), Reader(paths(SPLITS / "valid"))
    y, classes = targets(train, dataset)
    y_valid, _ = targets(valid, dataset, classes)
    how = dataset.target_transform, dataset.target
    fitted_on, watched = (transformed(one, *how) for one in (y, y_valid))
    ranks, bins = looked_at(train, y, dataset, len(names(task, classes)))
    leakage = refuse_leaks(ranks, dataset.leakage_limit)
    weights = class_weights(y, config.model.class_weights)
    with monitored(config.engine.monitor):
        model, best = learn(
            config,
            Rows(lambda: train.frames(features), fitted_on, weights),
            Rows(lambda: valid.frames(features), watched, class_weights(watched, "none")),
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
    p, p_valid = (
        np.concatenate([fitted.predict(frame) for frame in side.frames(features)])
        for side in (train, valid)
    )
    if task == "binary":
        signature["threshold"] = choose(y_valid, p_valid, config.model.threshold)
    threshold = signature["threshold"]
    sides = [score(task, *one, threshold) for one in ((y, p), (y_valid, p_valid))]
    said = columns(task, p_valid, classes)
    seen = profile.made(bins, said, sides[1])
    files = sources(dataset.recipe) | {profile.FILE: profile.dumps(seen)}
    bundle.save(fresh(CANDIDATE), model, signature, fitted.baseline, files)
    drawn = {"rows": train.rows, "of": Reader(train.files).rows}
    found = {
        "kind": config.model.kind,
        **({"sample": drawn} if config.model.train_rows else {}),
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
