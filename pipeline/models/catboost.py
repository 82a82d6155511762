"""CatBoost: native categories, resumable from a snapshot, the same bytes for the same training."""

import errno
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config.schema import Config
from pipeline.models import Log
from pipeline.models.rows import Rows, whole
from pipeline.stage.errors import ConfigError, is_full

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SNAPSHOTS = Path(".cache/snapshots")  # outside DVC's outputs, which it removes before a stage runs
SNAPSHOT_SECONDS = 5
KEPT = 3  # snapshots of other trainings: who goes back to a killed one goes back to a recent one
LOSS = {"binary": "Logloss", "multiclass": "MultiClass", "regression": "RMSE"}
# What a .cbm says of when and how it was trained, which would make two equal trainings differ.
VOLATILE = ("train_finish_time", "model_guid")


def forget(folder: Path, using: Path) -> None:
    """Remove all snapshots but the newest few and the one in use: nobody else ever would."""
    others = [path for path in folder.iterdir() if path != using]
    newest_first = sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first[KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def must_have_device(device: str) -> None:
    """Raises ConfigError where a GPU is asked for and CatBoost finds none."""
    from catboost.utils import get_gpu_device_count

    if device == "gpu" and get_gpu_device_count() == 0:
        raise ConfigError(
            "model.device is 'gpu' and CatBoost finds no CUDA GPU here; set model.device=cpu, "
            "or run it where `nvidia-smi` lists one"
        )


class Watch:
    """CatBoost's callback: hands on the losses, those before a resumed training's start as well."""

    def __init__(self, metric: str, log: Log) -> None:
        self.metric, self.log, self.done = metric, log, 0

    def after_iteration(self, info: Any) -> bool:
        """Log what is new; false, where the log says so, stops the training."""
        train, valid = (info.metrics[side][self.metric] for side in ("learn", "validation"))
        wanted = [self.log(step, train[step], valid[step]) for step in range(self.done, len(train))]
        self.done = len(train)
        return False not in wanted


def pools(
    config: Config,
    train: tuple["pd.DataFrame", "np.ndarray", "np.ndarray"],
    valid: tuple["pd.DataFrame", "np.ndarray"],
) -> tuple[Any, Any]:
    """CatBoost's own form of train (features, target, weights) and valid (features, target).

    Of frames as `compact` makes them it takes the numbers as they lie, without a copy.
    """
    import catboost

    categorical = config.dataset.categorical
    features, target, weights = train
    # Of weights that are all one CatBoost makes the same model, to the bit, in 4 % more time.
    weight = weights if (weights != 1).any() else None
    pool = catboost.Pool(features, target, cat_features=categorical, weight=weight)
    return pool, catboost.Pool(valid[0], valid[1], cat_features=categorical)


def boosted(config: Config, pool: Any, watched: Any, files: dict[str, Any], log: Log) -> Any:
    """The model of a configuration, fitted; `files` says what CatBoost writes on the way.

    Raises CatBoostError where it refuses a parameter.
    """
    import catboost

    metric, early = LOSS[config.dataset.task], config.model.early_stopping_rounds
    on_gpu = config.model.device == "gpu"
    model = catboost.CatBoost(
        {
            "loss_function": metric,
            **config.model.params,
            **({"task_type": "GPU"} if on_gpu else {}),
            "random_seed": config.seed,
            **files,
            **({"od_type": "Iter", "od_wait": early} if early else {}),
            "use_best_model": bool(early),
            "allow_const_label": True,
            "logging_level": "Silent",
        }
    )
    # CatBoost calls nobody back while it trains on a GPU: there the curve is logged when it is done.
    model.fit(pool, eval_set=watched, callbacks=None if on_gpu else [Watch(metric, log)])
    if on_gpu:
        losses = (model.get_evals_result()[side][metric] for side in ("learn", "validation"))
        for step, pair in enumerate(zip(*losses, strict=True)):
            log(step, *pair)
    return model


def fit(
    config: Config,
    train: Rows,
    valid: Rows,
    snapshot: str,
    log: Log,
) -> tuple[Any, int]:
    """Fit, or go on from the snapshot of a training that was killed.

    Raises ConfigError with CatBoost's own words where it refuses a parameter.
    """
    import catboost

    must_have_device(config.model.device)
    pool, watched = pools(
        config,
        (whole(train, config.dataset, "float32"), train.target, train.weights),
        (whole(valid, config.dataset, "float32"), valid.target),
    )
    folder = SNAPSHOTS / f"{snapshot}-{catboost.__version__}"
    folder.mkdir(parents=True, exist_ok=True)
    forget(SNAPSHOTS, folder)
    resumed = (folder / "training.cbsnapshot").exists()
    files = {
        "train_dir": str(folder / "info"),
        "save_snapshot": True,
        "snapshot_file": str((folder / "training.cbsnapshot").resolve()),
        "snapshot_interval": SNAPSHOT_SECONDS,
    }
    try:
        model = boosted(config, pool, watched, files, log)
    except catboost.CatBoostError as error:
        if is_full(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
        if resumed:  # from a snapshot that a full disk or a crash spoilt: train from the start
            shutil.rmtree(folder)
            return fit(config, train, valid, snapshot, log)
        raise ConfigError(f"model.params: CatBoost refuses: {error}") from error
    shutil.rmtree(folder)
    return model, int(model.get_best_iteration() or 0)


def save(model: Any, path: Path) -> None:
    """Write the .cbm with everything volatile blanked; of the parameters it keeps the loss alone."""
    metadata = model.get_metadata()
    for key in list(metadata.keys()):
        if key in VOLATILE:
            metadata[key] = ""
        elif key == "params":  # holds folders and the thread count; params.yaml has what matters
            loss = json.loads(metadata[key])["loss_function"]
            metadata[key] = json.dumps({"loss_function": loss, "flat_params": {}}, sort_keys=True)
        elif key == "output_options":
            del metadata[key]  # holds folders
    model.save_model(str(path))


def load(path: Path) -> Any:
    """Read a .cbm; the format executes nothing."""
    import catboost

    return catboost.CatBoost().load_model(str(path))


def predicted(model: Any, rows: Any, task: str) -> "np.ndarray":
    """What predict() gives, of a Pool or of a frame whose texts are strings or categories."""
    kind = "RawFormulaVal" if task == "regression" else "Probability"
    found: np.ndarray = model.predict(rows, prediction_type=kind)
    return found[:, 1] if task == "binary" else found


def predict(model: Any, features: "pd.DataFrame", task: str) -> "np.ndarray":
    """P(positive), shape (n,); class probabilities, shape (n, k); or values, shape (n,)."""
    texts = [features.columns[at] for at in model.get_cat_feature_indices()]
    coded = features.astype(dict.fromkeys(texts, "category"))  # looked up once a value, not a row
    return predicted(model, coded, task)
