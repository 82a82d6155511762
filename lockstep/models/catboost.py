"""CatBoost: native categories, resumable from a snapshot, the same bytes for the same training."""

import errno
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lockstep.core.errors import ConfigError, is_full
from lockstep.core.schema import Config
from lockstep.models.base import Log, ModelKind, Trainer, TrainingData
from lockstep.models.catboost_check import check_model
from lockstep.models.file_checks import model_file
from lockstep.models.parameters import Choice, Number, count
from lockstep.models.rows import Rows, in_one_frame

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SNAPSHOTS = Path(".cache/snapshots")  # outside DVC's outputs, which it removes before a stage runs
SNAPSHOT_SECONDS = 5
KEPT_SNAPSHOTS = (
    3  # snapshots of other trainings: who goes back to a killed one goes back to a recent one
)
LOSS = {"binary": "Logloss", "multiclass": "MultiClass", "regression": "RMSE"}
# What a .cbm says of when and how it was trained, which would make two equal trainings differ.
VOLATILE = ("train_finish_time", "model_guid")
# With more rows CatBoost draws a sample to place its borders, another one in a training than in
# Pool.quantize; with categories a quantised Pool too may give another model than the stage train.
QUANTISED_ROWS = 200_000


def remove_old_snapshots(folder: Path, using: Path) -> None:
    """Remove all snapshots but the newest few and the one in use: nobody else ever would."""
    others = [path for path in folder.iterdir() if path != using]
    newest_first = sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first[KEPT_SNAPSHOTS:]:
        shutil.rmtree(path, ignore_errors=True)


def require_device(device: str) -> None:
    """Raise ConfigError where a GPU is asked for and CatBoost finds none."""
    from catboost.utils import get_gpu_device_count

    if device == "gpu" and get_gpu_device_count() == 0:
        raise ConfigError(
            "model.device is 'gpu' and CatBoost finds no CUDA GPU here; set model.device=cpu, "
            "or run it where `nvidia-smi` lists one"
        )


class LossCallback:
    """CatBoost's callback: logs the losses, also those from before a resumed training's start."""

    def __init__(self, metric: str, log: Log) -> None:
        self.metric, self.log, self.n_logged = metric, log, 0

    def after_iteration(self, info: Any) -> bool:
        """Log the new steps; return false, which stops the training, where the log says so."""
        train, valid = (info.metrics[side][self.metric] for side in ("learn", "validation"))
        steps = range(self.n_logged, len(train))
        answers = [self.log(step, train[step], valid[step]) for step in steps]
        self.n_logged = len(train)
        return False not in answers


def make_pools(
    config: Config,
    train: tuple["pd.DataFrame", "np.ndarray", "np.ndarray"],
    valid: tuple["pd.DataFrame", "np.ndarray"],
) -> tuple[Any, Any]:
    """Return CatBoost's own form of train (features, target, weights) and valid (features, target).

    Numbers of frames that `compact` makes are taken without a copy.
    """
    import catboost

    categorical = config.dataset.categorical
    features, target, weights = train
    # With weights that are all one the model is the same to the bit, in 4 % more time.
    weight = weights if (weights != 1).any() else None
    pool = catboost.Pool(features, target, cat_features=categorical, weight=weight)
    return pool, catboost.Pool(valid[0], valid[1], cat_features=categorical)


def fit_pools(
    config: Config, train_pool: Any, valid_pool: Any, files: dict[str, Any], log: Log
) -> Any:
    """Fit the configuration's model; `files` holds CatBoost's parameters on what it writes.

    Raises CatBoostError where CatBoost refuses a parameter.
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
    # CatBoost has no callbacks on a GPU: there the curve is logged afterwards.
    model.fit(
        train_pool, eval_set=valid_pool, callbacks=None if on_gpu else [LossCallback(metric, log)]
    )
    if on_gpu:
        losses = (model.get_evals_result()[side][metric] for side in ("learn", "validation"))
        for step, pair in enumerate(zip(*losses, strict=True)):
            log(step, *pair)
    return model


def predict_pool(model: Any, rows: Any, task: str) -> "np.ndarray":
    """Predict a Pool, or a frame whose texts are strings or categories, as ModelKind.predict does."""
    prediction_type = "RawFormulaVal" if task == "regression" else "Probability"
    values: np.ndarray = model.predict(rows, prediction_type=prediction_type)
    return values[:, 1] if task == "binary" else values


def quantise(pools: tuple[Any, Any], borders: dict[str, Any], seed: int) -> None:
    """Quantise the Pools of train and valid in place, by the borders of train."""
    train_pool, valid_pool = pools
    train_pool.quantize(random_seed=seed, **borders)
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "borders")
        train_pool.save_quantization_borders(file)
        valid_pool.quantize(input_borders=file)


class CatBoost(ModelKind):
    """CatBoost, with its own treatment of categories."""

    name = "catboost"
    parameters: ClassVar = {
        "iterations": count(1, 100_000),
        "learning_rate": Number(1e-6, 1),
        "thread_count": count(1, 1024),
        "depth": count(1, 16),
        "l2_leaf_reg": Number(0, 1e6),
        "random_strength": Number(0, 1e6),
        "bagging_temperature": Number(0, 1e6),
        "subsample": Number(0.001, 1),
        "rsm": Number(0.001, 1),
        "border_count": count(1, 65_535),
        "one_hot_max_size": count(0, 65_535),
        "max_ctr_complexity": count(0, 16),
        "min_data_in_leaf": count(1, 1_000_000_000),
        "max_leaves": count(2, 64),
        "leaf_estimation_iterations": count(1, 1000),
        "model_size_reg": Number(0, 1e6),
        "has_time": Choice((True, False)),
        "grow_policy": Choice(("SymmetricTree", "Depthwise", "Lossguide")),
        "bootstrap_type": Choice(("Bayesian", "Bernoulli", "MVS", "Poisson", "No")),
        "boosting_type": Choice(("Ordered", "Plain")),
        "leaf_estimation_method": Choice(("Newton", "Gradient", "Exact")),
        "score_function": Choice(("Cosine", "L2", "NewtonCosine", "NewtonL2")),
    }
    # The automatic learning rate depends on the number of iterations, the result on the threads.
    required = ("learning_rate", "thread_count")
    steps_parameter = "iterations"
    search_space: ClassVar = {
        "iterations": {"low": 50, "high": 300, "step": 10},
        "learning_rate": {"low": 0.03, "high": 0.3, "log": True},
        "depth": {"low": 4, "high": 8},
        "l2_leaf_reg": {"low": 1, "high": 30, "log": True, "first": 3},
        "random_strength": {"low": 0.1, "high": 10, "log": True, "first": 1},
        "rsm": {"low": 0.4, "high": 1, "first": 1},
    }
    file_name = "model.cbm"
    packages = ("catboost",)
    library = "catboost"
    supports_gpu = True
    stops_at_a_step = True
    dtype = "float32"

    def fit(
        self, config: Config, train: Rows, valid: Rows, snapshot: str, log: Log
    ) -> tuple[Any, int]:
        """Fit, or go on from the snapshot of a training that was killed."""
        import catboost

        require_device(config.model.device)
        train_pool, valid_pool = make_pools(
            config,
            (in_one_frame(train, config.dataset, self.dtype), train.target, train.weights),
            (in_one_frame(valid, config.dataset, self.dtype), valid.target),
        )
        folder = SNAPSHOTS / f"{snapshot}-{catboost.__version__}"
        folder.mkdir(parents=True, exist_ok=True)
        remove_old_snapshots(SNAPSHOTS, folder)
        is_resumed = (folder / "training.cbsnapshot").exists()
        files = {
            "train_dir": str(folder / "info"),
            "save_snapshot": True,
            "snapshot_file": str((folder / "training.cbsnapshot").resolve()),
            "snapshot_interval": SNAPSHOT_SECONDS,
        }
        try:
            model = fit_pools(config, train_pool, valid_pool, files, log)
        except catboost.CatBoostError as error:
            if is_full(error):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder)) from error
            if (
                is_resumed
            ):  # from a snapshot that a full disk or a crash spoilt: train from the start
                shutil.rmtree(folder)
                return self.fit(config, train, valid, snapshot, log)
            raise ConfigError(f"model.params: CatBoost refuses: {error}") from error
        shutil.rmtree(folder)
        return model, int(model.get_best_iteration() or 0)

    def predict(self, model: Any, features: "pd.DataFrame", task: str) -> "np.ndarray":
        """Predict rows whose texts are strings."""
        names = [features.columns[place] for place in model.get_cat_feature_indices()]
        coded = features.astype(dict.fromkeys(names, "category"))  # a look-up a value, not a row
        return predict_pool(model, coded, task)

    def save(self, model: Any, path: Path) -> None:
        """Write the .cbm with volatile metadata blanked; of the parameters it keeps the loss alone."""
        metadata = model.get_metadata()
        for key in list(metadata.keys()):
            if key in VOLATILE:
                metadata[key] = ""
            elif (
                key == "params"
            ):  # holds folders and the thread count; params.yaml has what matters
                loss = json.loads(metadata[key])["loss_function"]
                metadata[key] = json.dumps(
                    {"loss_function": loss, "flat_params": {}}, sort_keys=True
                )
            elif key == "output_options":
                del metadata[key]  # holds folders
        model.save_model(str(path))

    def load(self, path: Path) -> Any:
        """Read a .cbm that passed its check. Raises DataError where it is not one of ours."""
        import catboost

        with model_file(path, "CatBoost model"):
            content = path.read_bytes()
            check_model(content)
            return catboost.CatBoost().load_model(blob=content)

    def trainer(self, config: Config, data: TrainingData) -> Trainer:
        """Return what fits a trial on Pools that trials share, quantised where that changes no bit."""
        shared: dict[Any, tuple[Any, Any]] = {}

        def pools_of(trial: Config) -> tuple[Any, Any]:
            class_weights, params = trial.model.class_weights, trial.model.params
            borders = {name: params[name] for name in ("border_count",) if name in params}
            is_quantised = not (
                trial.model.device == "gpu"
                or trial.dataset.categorical
                or len(data.target) > QUANTISED_ROWS
            )
            key = (class_weights, *borders.values()) if is_quantised else (class_weights,)
            if key not in shared:
                rows = (data.features, data.target, data.row_weights(class_weights))
                pools = make_pools(trial, rows, (data.valid_features, data.valid_target))
                if is_quantised:
                    quantise(pools, borders, trial.seed)
                shared[key] = pools
            return shared[key]

        def fit_trial(trial: Config, log: Log) -> "np.ndarray":
            import catboost

            require_device(trial.model.device)
            try:
                train_pool, valid_pool = pools_of(trial)
                files = {"allow_writing_files": False}
                model = fit_pools(trial, train_pool, valid_pool, files, log)
                return predict_pool(model, valid_pool, trial.dataset.task)
            except catboost.CatBoostError as error:
                raise ConfigError(f"CatBoost refuses: {error}") from error

        return fit_trial
