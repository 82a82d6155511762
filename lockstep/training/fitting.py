"""The steps of a training that the stage train and the benchmarks share."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.files import fresh
from lockstep.core.schema import Config, Dataset
from lockstep.models.kinds import fit, kind_errors, kind_sources, model_kind
from lockstep.models.rows import Rows
from lockstep.training import bundle, feature_profile
from lockstep.training.leakage import binary_targets, max_univariate_auc
from lockstep.training.learning_curve import learning_curve
from lockstep.training.metrics import score
from lockstep.training.reader import Reader

if TYPE_CHECKING:
    import numpy as np


def dummy_prediction(y_true: "np.ndarray", task: str) -> list[float]:
    """Return what the dummy baseline predicts: the mean, P(positive), or each class's share."""
    import numpy as np

    if task != "multiclass":
        return [float(y_true.mean())]
    return [float(share) for share in np.bincount(y_true) / len(y_true)]


def snapshot_name(config: Config, files: list[Path]) -> str:
    """Return a name that changes with the parameters, the code of an owner's kind, and train and valid.

    A training that was killed goes on from the snapshot of its name, and no other does.
    """
    dataset = config.dataset
    target = (dataset.target, dataset.target_transform)
    columns = (dataset.task, *target, dataset.numeric, dataset.categorical)
    digest = hashlib.sha256(repr((columns, config.model, config.seed)).encode())
    for path in files:
        digest.update(path.read_bytes())
    for source in kind_sources(config.model.kind).values():
        digest.update(source)
    return digest.hexdigest()[:16]


def examine_features(
    train: Reader, y_true: "np.ndarray", dataset: Dataset, n_outputs: int
) -> tuple[dict[str, float], dict[str, feature_profile.Column]]:
    """Return the univariate AUC and the profile of each feature, both by name, in one pass.

    Parameters
    ----------
    y_true : array, shape (n_rows,)
        Encoded target of the rows of train.
    n_outputs : int
        Columns of predictions, which share the bins of the profile with the features.
    """
    targets_by_class = binary_targets(y_true, dataset.task)
    n_columns = len(dataset.numeric) + len(dataset.categorical) + n_outputs
    max_bins = feature_profile.bins_per_column(n_columns)
    auc_by_feature, profile = {}, {}
    for name, column in train.columns(dataset.numeric, dataset.categorical):
        auc_by_feature[name] = max_univariate_auc(column, targets_by_class)
        profile[name] = feature_profile.profile_column(column, name in dataset.numeric, max_bins)
    return auc_by_feature, profile


def fit_with_curve(
    config: Config, train: Rows, valid: Rows, snapshot: str, folder: Path
) -> tuple[Any, int]:
    """Return the fitted model and its best iteration; write the learning curve meanwhile.

    Parameters
    ----------
    snapshot : str
        As `snapshot_name` gives it.
    folder : Path
        Where the learning curve goes; it is emptied first.
    """
    kind = model_kind(config.model.kind)
    with learning_curve(fresh(folder), kind.steps(config.model.params)) as log:
        model, best_iteration = fit(config, train, valid, snapshot, log)
        if not (folder / "metrics.json").exists():  # a kind without steps: one point
            log(0, *(final_loss(config, model, rows) for rows in (train, valid)))
    return model, best_iteration


def final_loss(config: Config, model: Any, rows: Rows) -> float:
    """Return the loss of the fitted model on rows, in terms of what it was fitted on.

    Parameters
    ----------
    config : Config
        Task and kind of model.
    model
        The fitted model.
    rows : Rows
        Features and the target that it was fitted on.
    """
    import numpy as np

    task, kind = config.dataset.task, model_kind(config.model.kind)
    with kind_errors(kind.name, "predict"):
        y_prob = np.concatenate([kind.predict(model, frame, task) for frame in rows.features()])
    return score(task, rows.target, y_prob)["rmse" if task == "regression" else "log_loss"]


def predict_rows(fitted: bundle.Bundle, rows: Reader, features: list[str]) -> "np.ndarray":
    """Return the predictions of all rows.

    Parameters
    ----------
    fitted : Bundle
        The model.
    rows : Reader
        The rows.
    features : list of str
        Columns that the model needs.
    """
    import numpy as np

    return np.concatenate([fitted.predict(frame) for frame in rows.frames(features)])
