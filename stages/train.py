"""Fit everything that has state, with early stopping on valid.

Reads data/splits/train and valid, writes models/candidate/, metrics/train.json and the learning
curve. Depends on dataset, model and seed.
"""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import bundle
from pipeline.config import load
from pipeline.errors import run
from pipeline.leakage import refuse_leaks
from pipeline.metrics import score
from pipeline.models import fit
from pipeline.partitions import fresh, paths, read_all, write_json, write_text
from pipeline.schema import Config
from pipeline.target import encode
from pipeline.threshold import choose

if TYPE_CHECKING:
    import numpy as np

CANDIDATE, CURVE = Path("models/candidate"), Path("metrics/plots/learning_curve.tsv")


def class_weights(target: "np.ndarray", kind: str) -> "np.ndarray":
    """Weight of each row, shape (rows,): one, or such that each class weighs the same."""
    import numpy as np

    if kind == "none":
        return np.ones(len(target))
    _, inverse, counts = np.unique(target, return_inverse=True, return_counts=True)
    weights: np.ndarray = (len(target) / (len(counts) * counts))[inverse]
    return weights


def prior(target: "np.ndarray", task: str) -> list[float]:
    """What the dummy baseline predicts: the mean, P(positive), or each class's share."""
    import numpy as np

    if task != "multiclass":
        return [float(target.mean())]
    return [float(share) for share in np.bincount(target) / len(target)]


def snapshot_name(config: Config) -> str:
    """A name that changes with the training's data and parameters, so no other run resumes from it."""
    sums = hashlib.sha256(repr((config.dataset, config.model, config.seed)).encode())
    for name in ("train", "valid"):
        for path in paths(Path("data/splits") / name):
            sums.update(path.read_bytes())
    return sums.hexdigest()[:16]


def main() -> None:
    """Train, choose the threshold, write the bundle."""
    config = load()
    dataset = config.dataset
    features = dataset.numeric + dataset.categorical
    train, valid = (read_all(Path("data/splits") / name) for name in ("train", "valid"))
    y, classes = encode(train[dataset.target], dataset.task, None)
    y_valid, _ = encode(valid[dataset.target], dataset.task, classes)
    refuse_leaks(train[features], y, dataset.task, dataset.leakage_limit)
    weights = class_weights(y, config.model.class_weights)
    model, curve, best = fit(
        config, (train[features], y, weights), (valid[features], y_valid), snapshot_name(config)
    )
    signature: dict[str, Any] = {
        "kind": config.model.kind,
        "task": dataset.task,
        "target": dataset.target,
        "classes": classes,
        "threshold": 0.5,
        "numeric": dataset.numeric,
        "categorical": dataset.categorical,
    }
    fitted = bundle.Bundle(signature, prior(y, dataset.task), model)
    p_train, p_valid = fitted.predict(train), fitted.predict(valid)
    if dataset.task == "binary":
        signature["threshold"] = choose(y_valid, p_valid, config.model.threshold)
    recipe = Path("recipes") / f"{dataset.recipe}.py"
    bundle.save(fresh(CANDIDATE), model, signature, fitted.baseline, recipe)
    lines = ["step\ttrain\tvalid", *(f"{r['step']}\t{r['train']}\t{r['valid']}" for r in curve)]
    write_text(CURVE, "\n".join(lines) + "\n")
    threshold = signature["threshold"]
    found = {
        "kind": config.model.kind,
        "best_iteration": best,
        "threshold": threshold,
        "train": score(dataset.task, y, p_train, threshold),
        "valid": score(dataset.task, y_valid, p_valid, threshold),
    }
    write_json(Path("metrics/train.json"), found)


if __name__ == "__main__":
    run("train", main)
