"""Fit everything that has state, with early stopping on valid.

Reads data/splits/train and valid, writes models/candidate/, metrics/train.json and the learning
curve in metrics/live/; with engine.monitor also reports/system/. Depends on dataset, model and seed.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.config import load
from lockstep.core.files import fresh, write_json
from lockstep.core.partitions import paths
from lockstep.core.schema import Config, Dataset
from lockstep.core.stage import run
from lockstep.data.recipe import sources
from lockstep.models.kinds import fit, model_kind
from lockstep.models.rows import Rows
from lockstep.training import bundle, feature_profile
from lockstep.training.leakage import labels, refuse_leaks, strongest
from lockstep.training.learning_curve import curve
from lockstep.training.metrics import score
from lockstep.training.monitor import monitored
from lockstep.training.predictions import columns, names
from lockstep.training.reader import Reader, targets
from lockstep.training.target import class_weights, transformed
from lockstep.training.threshold import choose
from lockstep.training.train_rows import of_training

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
) -> tuple[dict[str, float], dict[str, feature_profile.Column]]:
    """How well each feature alone ranks the target, and its profile."""
    sides = labels(y, dataset.task)
    most = feature_profile.room(len(dataset.numeric) + len(dataset.categorical) + outputs)
    ranks, bins = {}, {}
    for name, column in reader.columns(dataset.numeric, dataset.categorical):
        ranks[name] = strongest(column, sides)
        bins[name] = feature_profile.column(column, name in dataset.numeric, most)
    return ranks, bins


def learn(config: Config, train: Rows, valid: Rows) -> tuple[Any, int]:
    """The fitted model and its best iteration; the learning curve is written on the way."""
    import numpy as np

    task, params = config.dataset.task, config.model.params
    kind = model_kind(config.model.kind)
    steps = kind.steps(params)
    with curve(fresh(LIVE), steps) as log:
        model, best = fit(config, train, valid, snapshot_name(config), log)
        if not (LIVE / "metrics.json").exists():  # a kind without steps: one point
            predict = kind.predict
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
    seen = feature_profile.made(bins, said, sides[1])
    files = sources(dataset.recipe) | {feature_profile.FILE: feature_profile.dumps(seen)}
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
