"""Fit everything that has state, with early stopping on valid.

Reads data/splits/train and valid, writes models/candidate/, metrics/train.json and the learning curve in
metrics/live/; with engine.monitor also reports/system/. Depends on dataset, model and seed.
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
from lockstep.models.kinds import check_model, fit, model_kind
from lockstep.models.rows import Rows
from lockstep.training import bundle, feature_profile, predictions
from lockstep.training.leakage import labels, refuse_leaks, strongest
from lockstep.training.learning_curve import curve
from lockstep.training.metrics import score
from lockstep.training.monitor import monitored
from lockstep.training.reader import Reader, targets
from lockstep.training.target import class_weights, transformed
from lockstep.training.threshold import choose
from lockstep.training.train_rows import of_training

if TYPE_CHECKING:
    import numpy as np

SPLITS, CANDIDATE = Path("data/splits"), Path("models/candidate")
LIVE, METRICS = Path("metrics/live"), Path("metrics/train.json")


def dummy_prediction(y_true: "np.ndarray", task: str) -> list[float]:
    """Return what the dummy baseline predicts: the mean, P(positive), or each class's share."""
    import numpy as np

    if task != "multiclass":
        return [float(y_true.mean())]
    return [float(share) for share in np.bincount(y_true) / len(y_true)]


def snapshot_name(config: Config) -> str:
    """Return a name that changes with the data and parameters, so no other training resumes from it."""
    dataset = config.dataset
    target = (dataset.target, dataset.target_transform)
    columns = (dataset.task, *target, dataset.numeric, dataset.categorical)
    digest = hashlib.sha256(repr((columns, config.model, config.seed)).encode())
    for split in ("train", "valid"):
        for path in paths(SPLITS / split):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def examine_features(
    train: Reader, y_true: "np.ndarray", dataset: Dataset, n_outputs: int
) -> tuple[dict[str, float], dict[str, feature_profile.Column]]:
    """Return the univariate AUC and the profile of each feature, both by name, in one pass."""
    binary_targets = labels(y_true, dataset.task)
    n_columns = len(dataset.numeric) + len(dataset.categorical) + n_outputs
    max_bins = feature_profile.room(n_columns)
    auc_by_feature, profile = {}, {}
    for name, column in train.columns(dataset.numeric, dataset.categorical):
        auc_by_feature[name] = strongest(column, binary_targets)
        profile[name] = feature_profile.column(column, name in dataset.numeric, max_bins)
    return auc_by_feature, profile


def fit_model(config: Config, train: Rows, valid: Rows) -> tuple[Any, int]:
    """Return the fitted model and its best iteration; write the learning curve meanwhile."""
    kind = model_kind(config.model.kind)
    with curve(fresh(LIVE), kind.steps(config.model.params)) as log:
        model, best_iteration = fit(config, train, valid, snapshot_name(config), log)
        if not (LIVE / "metrics.json").exists():  # a kind without steps: one point
            log(0, *(final_loss(config, model, rows) for rows in (train, valid)))
    return model, best_iteration


def final_loss(config: Config, model: Any, rows: Rows) -> float:
    """Return the loss of the fitted model on rows, in terms of what it was fitted on."""
    import numpy as np

    task, kind = config.dataset.task, model_kind(config.model.kind)
    y_prob = np.concatenate([kind.predict(model, frame, task) for frame in rows.features()])
    return score(task, rows.target, y_prob)["rmse" if task == "regression" else "log_loss"]


def predict(fitted: bundle.Bundle, rows: Reader, features: list[str]) -> "np.ndarray":
    """Return the predictions of all rows."""
    import numpy as np

    return np.concatenate([fitted.predict(frame) for frame in rows.frames(features)])


def main() -> None:
    """Fit on train, stop early on valid, choose the threshold, save the candidate."""
    config = load()
    check_model(config)
    dataset, task = config.dataset, config.dataset.task
    features = dataset.numeric + dataset.categorical
    train, valid = of_training(SPLITS / "train", config), Reader(paths(SPLITS / "valid"))
    y_train, classes = targets(train, dataset)
    y_valid, _ = targets(valid, dataset, classes)

    n_outputs = len(predictions.names(task, classes))
    auc_by_feature, profile = examine_features(train, y_train, dataset, n_outputs)
    leakage = refuse_leaks(auc_by_feature, dataset.leakage_limit)

    fitted_train = transformed(y_train, dataset.target_transform, dataset.target)
    fitted_valid = transformed(y_valid, dataset.target_transform, dataset.target)
    train_weights = class_weights(y_train, config.model.class_weights)
    valid_weights = class_weights(fitted_valid, "none")
    with monitored(config.engine.monitor):
        model, best_iteration = fit_model(
            config,
            Rows(lambda: train.frames(features), fitted_train, train_weights),
            Rows(lambda: valid.frames(features), fitted_valid, valid_weights),
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
    fitted = bundle.Bundle(signature, dummy_prediction(y_train, task), model)
    prob_train, prob_valid = predict(fitted, train, features), predict(fitted, valid, features)
    if task == "binary":
        signature["threshold"] = choose(y_valid, prob_valid, config.model.threshold)
    threshold = signature["threshold"]

    train_metrics = score(task, y_train, prob_train, threshold)
    valid_metrics = score(task, y_valid, prob_valid, threshold)
    outputs = predictions.columns(task, prob_valid, classes)
    whole_profile = feature_profile.made(profile, outputs, valid_metrics)
    files = {
        **sources(dataset.recipe),
        feature_profile.FILE: feature_profile.dumps(whole_profile),
    }
    bundle.save(fresh(CANDIDATE), model, signature, fitted.baseline, files)

    sample = {"rows": train.rows, "of": Reader(train.files).rows}
    metrics = {
        "kind": config.model.kind,
        **({"sample": sample} if config.model.train_rows else {}),
        "best_iteration": best_iteration,
        "leakage": leakage,
        "threshold": threshold,
        "train": train_metrics,
        "valid": valid_metrics,
    }
    write_json(METRICS, metrics)
    name = next(iter(train_metrics))
    print(
        f"{config.model.kind}: {name} train {train_metrics[name]:.4f}, "
        f"valid {valid_metrics[name]:.4f}"
    )


if __name__ == "__main__":
    run("train", main)
