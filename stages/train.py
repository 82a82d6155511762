"""Fit everything that has state, with early stopping on valid.

Reads data/splits/train and valid, writes models/candidate/, metrics/train.json and the learning curve in
metrics/live/; with engine.monitor also reports/system/. Depends on dataset, model and seed.
"""

from pathlib import Path
from typing import Any

from lockstep.core.config import load_config
from lockstep.core.files import fresh, write_json
from lockstep.core.own_metrics import check_metrics
from lockstep.core.partitions import partition_paths
from lockstep.core.stage import run
from lockstep.data.recipe import sources
from lockstep.models.kinds import check_model, kind_file, kind_sources, model_kind
from lockstep.models.rows import Rows
from lockstep.training import bundle, feature_profile, predictions
from lockstep.training.fitting import (
    dummy_prediction,
    examine_features,
    fit_with_curve,
    predict_rows,
    snapshot_name,
)
from lockstep.training.leakage import check_leakage
from lockstep.training.metrics import score
from lockstep.training.monitor import monitored
from lockstep.training.own_metrics import load_metrics
from lockstep.training.reader import Reader, encoded_targets
from lockstep.training.target import class_weights, transform_target
from lockstep.training.threshold import choose_threshold
from lockstep.training.train_rows import open_train

SPLITS, CANDIDATE = Path("data/splits"), Path("models/candidate")
LIVE, METRICS = Path("metrics/live"), Path("metrics/train.json")


def main() -> None:
    """Fit on train, stop early on valid, choose the threshold, save the candidate."""
    config = load_config()
    check_model(config)
    check_metrics(config)
    dataset, task = config.dataset, config.dataset.task
    features = dataset.numeric + dataset.categorical
    train, valid = open_train(SPLITS / "train", config), Reader(partition_paths(SPLITS / "valid"))
    y_train, classes = encoded_targets(train, dataset)
    y_valid, _ = encoded_targets(valid, dataset, classes)

    n_outputs = len(predictions.prediction_columns(task, classes))
    auc_by_feature, profile = examine_features(train, y_train, dataset, n_outputs)
    leakage = check_leakage(auc_by_feature, dataset.leakage_limit)

    fitted_train = transform_target(y_train, dataset.target_transform, dataset.target)
    fitted_valid = transform_target(y_valid, dataset.target_transform, dataset.target)
    train_weights = class_weights(y_train, config.model.class_weights)
    valid_weights = class_weights(fitted_valid, "none")
    with monitored(config.engine.monitor):
        model, best_iteration = fit_with_curve(
            config,
            Rows(lambda: train.frames(features), fitted_train, train_weights),
            Rows(lambda: valid.frames(features), fitted_valid, valid_weights),
            snapshot_name(
                config, partition_paths(SPLITS / "train") + partition_paths(SPLITS / "valid")
            ),
            LIVE,
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
    kind = bundle.KindCode(model_kind(config.model.kind), kind_file(config.model.kind))
    fitted = bundle.Bundle(signature, dummy_prediction(y_train, task), model, kind)
    prob_train = predict_rows(fitted, train, features)
    prob_valid = predict_rows(fitted, valid, features)
    own, criterion = load_metrics(dataset.metrics), config.model.threshold
    if task == "binary":
        signature["threshold"] = choose_threshold(y_valid, prob_valid, criterion, own)
    threshold = signature["threshold"]

    train_metrics = score(task, y_train, prob_train, threshold, own)
    valid_metrics = score(task, y_valid, prob_valid, threshold, own)
    outputs = predictions.as_columns(task, prob_valid, classes)
    whole_profile = feature_profile.make_profile(profile, outputs, valid_metrics)
    files = {
        **sources(dataset.recipe),
        **kind_sources(config.model.kind),
        feature_profile.FILE: feature_profile.dumps(whole_profile),
    }
    bundle.save(fresh(CANDIDATE), model, signature, fitted.baseline, files, fitted.kind)

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
    for name in [next(iter(train_metrics)), *dataset.metrics]:
        print(
            f"{config.model.kind}: {name} train {train_metrics[name]:.4f}, "
            f"valid {valid_metrics[name]:.4f}"
        )


if __name__ == "__main__":
    run("train", main)
