"""One trial: train on data that was read and prepared once, and score valid as the stage train does."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.errors import ConfigError
from lockstep.core.partitions import partition_paths
from lockstep.core.schema import Config
from lockstep.models.base import Log, Trainer, TrainingData
from lockstep.models.kinds import kind_errors, model_kind
from lockstep.models.rows import compact
from lockstep.training.leakage import check_leakage, univariate_aucs
from lockstep.training.metrics import score
from lockstep.training.own_metrics import load_metrics
from lockstep.training.reader import Reader, encoded_targets
from lockstep.training.target import class_weights, restore_target, transform_target
from lockstep.training.threshold import choose_threshold
from lockstep.training.train_rows import open_train

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SPLITS = Path("data/splits")


@dataclass(frozen=True)
class Data:
    """What a search reads once; test is not read. valid_target is in the target's own unit."""

    training: TrainingData
    valid_target: "np.ndarray"


def read(config: Config, folder: Path = SPLITS) -> Data:
    """Read train and valid. Raises DataError as train does: no rows, a class unseen, a leak."""
    dataset = config.dataset
    train, valid = open_train(folder / "train", config), Reader(partition_paths(folder / "valid"))
    y_train, classes = encoded_targets(train, dataset)
    y_valid, _ = encoded_targets(valid, dataset, classes)
    columns = train.columns(dataset.numeric, dataset.categorical)
    check_leakage(univariate_aucs(columns, y_train, dataset.task), dataset.leakage_limit)
    fitted_target = transform_target(y_train, dataset.target_transform, dataset.target)
    training = TrainingData(
        features=in_memory(train, config),
        target=fitted_target,
        valid_features=in_memory(valid, config),
        valid_target=transform_target(y_valid, dataset.target_transform, dataset.target),
        row_weights=lambda name: class_weights(fitted_target, name),
    )
    return Data(training, y_valid)


def in_memory(rows: Reader, config: Config) -> "pd.DataFrame":
    """Return the features of all rows in one frame, numbers as the model's kind takes them."""
    numeric, categorical = config.dataset.numeric, config.dataset.categorical
    frames = rows.frames(numeric + categorical)
    dtype = model_kind(config.model.kind).dtype
    return compact(frames, rows.rows, numeric, categorical, dtype)


def trainer(config: Config, data: Data) -> Trainer:
    """Return what trains the configuration's kind on the data, prepared once.

    Raises ConfigError where the kind's library is not installed, or a cluster is to train together.
    """
    kind = model_kind(config.model.kind)
    kind.require_installed()
    if config.model.workers:
        raise ConfigError(
            f"model.workers is {config.model.workers}; allowed: 0 in a search, whose trials are what "
            "runs at once (--jobs)"
        )
    return kind.trainer(config, data.training)


def metrics(config: Config, data: Data, train: Trainer, log: Log) -> dict[str, float]:
    """Return valid's metrics of a configuration, equal to metrics/train.json's after train.

    Parameters
    ----------
    config : Config
    data : Data
    train : Trainer
        What trains, prepared once.
    log : Log
        Called at each step.

    Returns
    -------
    dict

    Raises
    ------
    ConfigError
        Where the library refuses its parameters.
    """
    task, y_true = config.dataset.task, data.valid_target
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of convergence, which the metric shows
        with kind_errors(config.model.kind, "trainer"):
            fitted_prob = train(config, log)
        y_prob = restore_target(fitted_prob, config.dataset.target_transform)
    own, threshold = load_metrics(config.dataset.metrics), 0.5
    if task == "binary":
        threshold = choose_threshold(y_true, y_prob, config.model.threshold, own)
    return score(task, y_true, y_prob, threshold, own)
