"""XGBoost: categories as they are, early stopping, the same bytes for the same training."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lockstep.core.errors import ConfigError
from lockstep.core.schema import Config
from lockstep.models import xgboost_matrix as matrix
from lockstep.models.base import Log, ModelKind, Trainer, TrainingData
from lockstep.models.file_checks import model_file
from lockstep.models.parameters import Choice, Number, count
from lockstep.models.rows import Rows
from lockstep.models.xgboost_check import check_model

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import xgboost


OBJECTIVE = {
    "binary": ("binary:logistic", "logloss"),
    "multiclass": ("multi:softprob", "mlogloss"),
    "regression": ("reg:squarederror", "rmse"),
}
COLUMNS = "columns"  # the booster's attribute that holds them, as JSON


def training_settings(config: Config, classes: int) -> matrix.TrainingSettings:
    """Return what a training of the configuration needs besides its rows.

    Raises ConfigError with XGBoost's own words for a parameter that it does not know or allow.
    """
    objective, metric = OBJECTIVE[config.dataset.task]
    params = dict(config.model.params)
    rounds = params.pop("num_boost_round", 100)
    result = {
        "objective": objective,
        "eval_metric": metric,
        **({"num_class": classes} if config.dataset.task == "multiclass" else {}),
        "tree_method": "hist",
        "seed": config.seed,
        "device": "cuda" if config.model.device == "gpu" else "cpu",
        **params,
    }
    require_parameters(result)
    columns = ["float"] * len(config.dataset.numeric) + ["c"] * len(config.dataset.categorical)
    return matrix.TrainingSettings(result, rounds, config.model.early_stopping_rounds, columns)


def require_parameters(params: dict[str, Any]) -> None:
    """Raise ConfigError for a parameter that XGBoost refuses or does not know (where it would only warn)."""
    import warnings

    import xgboost

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            xgboost.Booster({**params, "num_feature": 1}).save_config()
        except (xgboost.core.XGBoostError, TypeError, ValueError) as error:
            raise ConfigError(f"model.params: XGBoost refuses: {own_words(error)}") from error
    for warning in caught:
        if "are not used" in str(warning.message):
            raise ConfigError(f"model.params: XGBoost refuses: {own_words(warning.message)}")


def own_words(error: object) -> str:
    """Return XGBoost's message in one line, without its clock, its source file and its stack."""
    import re

    text = str(error).split("Stack trace")[0]
    return " ".join(re.sub(r"\[\d\d:\d\d:\d\d\]|(WARNING: )?\S+\.(cc|cu|h):\d+:", "", text).split())


def require_device(device: str) -> None:
    """Raise ConfigError where a GPU is asked for and XGBoost has none, or cannot use one."""
    if device != "gpu":
        return
    import xgboost

    if not xgboost.build_info()["USE_CUDA"]:
        raise ConfigError(
            "model.device is 'gpu' and this XGBoost is built without CUDA (xgboost-cpu); set "
            "model.device=cpu, or install the package xgboost in its place"
        )
    import warnings

    with (
        warnings.catch_warnings()
    ):  # without a GPU it warns and takes the CPU, as its settings tell
        warnings.simplefilter("ignore")
        settled = json.loads(xgboost.Booster({"device": "cuda", "num_feature": 1}).save_config())
    if not settled["learner"]["generic_param"]["device"].startswith("cuda"):
        raise ConfigError(
            "model.device is 'gpu' and XGBoost finds no CUDA GPU here; set model.device=cpu, "
            "or run it where `nvidia-smi` lists one"
        )


def class_count(target: "np.ndarray", task: str) -> int:
    """Return the number of classes of the target; 0 where the task needs no such number."""
    return 1 + int(target.max()) if task == "multiclass" else 0


def fit_encoded(
    settings: matrix.TrainingSettings, sides: "tuple[matrix.Coded, matrix.Coded]", log: Log
) -> "tuple[xgboost.Booster, int]":
    """The booster of the rows of train and of valid, and its best iteration, as fit_matrices() gives them."""
    train = matrix.compact(settings, sides[0])
    return fit_matrices(settings, (train, matrix.compact(settings, sides[1], train)), log)


def fit_matrices(
    settings: matrix.TrainingSettings,
    sides: "tuple[xgboost.QuantileDMatrix, xgboost.QuantileDMatrix]",
    log: Log,
) -> "tuple[xgboost.Booster, int]":
    """The booster, fitted on train and valid, cut after its best iteration, and that iteration.

    Raises ConfigError with XGBoost's own words where it refuses a parameter.
    """
    import xgboost

    train, valid = sides
    metric, early = settings.params["eval_metric"], settings.early_stopping_rounds

    valid_losses: list[float] = []

    def best() -> int:
        return valid_losses.index(min(valid_losses))

    class LossCallback(xgboost.callback.TrainingCallback):
        """Logs the losses; stops early, or where the log says so."""

        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            losses = [float(evals_log[side][metric][-1]) for side in ("train", "valid")]
            valid_losses.append(losses[1])
            answer = log(epoch, *losses)
            return answer is False or (bool(early) and epoch - best() >= early)

    try:
        booster = xgboost.train(
            settings.params,
            train,
            settings.rounds,
            evals=[(train, "train"), (valid, "valid")],
            callbacks=[LossCallback()],
            verbose_eval=False,
        )
    except xgboost.core.XGBoostError as error:
        raise ConfigError(f"model.params: XGBoost refuses: {own_words(error)}") from error
    last = best() if early else len(valid_losses) - 1
    return booster[: last + 1], last


def fit_share(
    settings: matrix.TrainingSettings, sides: "tuple[matrix.Coded, matrix.Coded]", log: Log
) -> tuple[bytes, int]:
    """Fit as fit_encoded does, in a worker among others; the model as UBJSON, and its best iteration."""
    model, best = fit_encoded(settings, sides, log)
    return bytes(model.save_raw("ubj")), best


def read_booster(raw: bytes) -> "xgboost.Booster":
    """Return the model that was written as UBJSON."""
    import xgboost

    model = xgboost.Booster()
    model.load_model(bytearray(raw))
    return model


def store_columns(booster: "xgboost.Booster", numeric: list[str], known: dict[str, Any]) -> None:
    """Store the columns in the booster, without which the codes of its categories mean nothing."""
    columns = {"numeric": numeric, "categories": known}
    booster.set_attr(**{COLUMNS: json.dumps(columns, ensure_ascii=False)})


def predict_encoded(model: "xgboost.Booster", values: "np.ndarray") -> "np.ndarray":
    """Predict encoded rows, as ModelKind.predict does."""
    predictions: np.ndarray = model.inplace_predict(values).astype("float64")
    if predictions.ndim == 1:
        return predictions
    # Of float32, classes' probabilities sum to one but for a rounding.
    normalised: np.ndarray = predictions / predictions.sum(axis=1, keepdims=True)
    return normalised


class XGBoost(ModelKind):
    """XGBoost, with its own treatment of categories."""

    name = "xgboost"
    parameters: ClassVar = {
        "num_boost_round": count(1, 100_000),
        "learning_rate": Number(1e-6, 1),
        "nthread": count(1, 1024),
        "max_depth": count(0, 1000),  # 0: no limit
        "max_leaves": count(0, 1_000_000),  # 0: no limit
        "grow_policy": Choice(("depthwise", "lossguide")),
        "min_child_weight": Number(0, 1e9),
        "gamma": Number(0, 1e9),
        "reg_lambda": Number(0, 1e9),
        "reg_alpha": Number(0, 1e9),
        "max_delta_step": Number(0, 1e9),
        "subsample": Number(0.001, 1),
        "colsample_bytree": Number(0.001, 1),
        "colsample_bylevel": Number(0.001, 1),
        "colsample_bynode": Number(0.001, 1),
        "max_bin": count(2, 65_535),
        "max_cat_to_onehot": count(1, 1_000_000),
        "max_cat_threshold": count(1, 1_000_000),
    }
    # It takes as many threads as there are where none are given, and adds in the order of its threads.
    required = ("nthread",)
    steps_parameter = "num_boost_round"
    search_space: ClassVar = {
        "num_boost_round": {"low": 50, "high": 400, "step": 10},
        "learning_rate": {"low": 0.03, "high": 0.3, "log": True},
        "max_depth": {"low": 3, "high": 10},
        "min_child_weight": {"low": 1, "high": 200, "log": True, "first": 1},
        "reg_lambda": {"low": 1, "high": 30, "log": True, "first": 1},
        "subsample": {"low": 0.5, "high": 1, "first": 1},
        "colsample_bytree": {"low": 0.4, "high": 1, "first": 1},
    }
    file_name = "model.ubj"
    packages = ("xgboost", "xgboost-cpu")
    library = "xgboost"
    extra = "xgboost"
    supports_gpu = True
    supports_cluster = True
    stops_at_a_step = True

    def fit(
        self, config: Config, train: Rows, valid: Rows, snapshot: str, log: Log
    ) -> tuple[Any, int]:
        """Fit in this process, or with model.workers on the workers of a Dask cluster."""
        require_device(config.model.device)
        train_pieces, valid_pieces = matrix.in_pieces(train), matrix.in_pieces(valid)
        settings = training_settings(config, class_count(train.target, config.dataset.task))
        known = matrix.categories(train_pieces, config.dataset.categorical)
        sides = matrix.coded(train_pieces, known), matrix.coded(valid_pieces, known)
        if config.model.workers:
            from lockstep.models import xgboost_cluster

            raw, best = xgboost_cluster.fit_on_workers(
                config, self.packages, partial(fit_share, settings), sides, log
            )
            model = read_booster(raw)
        else:
            model, best = fit_encoded(settings, sides, log)
        store_columns(model, config.dataset.numeric, known)
        return model, best

    def predict(self, model: Any, features: "pd.DataFrame", task: str) -> "np.ndarray":
        """Predict rows whose texts are strings."""
        columns = json.loads(model.attr(COLUMNS) or "")
        known: dict[str, list[str]] = columns["categories"]
        values = matrix.encoded(features[[*columns["numeric"], *known]], known)
        return predict_encoded(model, values)

    def save(self, model: Any, path: Path) -> None:
        """Write the model as UBJSON: trees, objective and columns; no parameter, time or thread count."""
        path.write_bytes(bytes(model.save_raw("ubj")))

    def load(self, path: Path) -> Any:
        """Read a model that passed its check. Raises DataError where it is not one of ours."""
        with model_file(path, "XGBoost model"):
            content = path.read_bytes()
            check_model(content, COLUMNS)
            return read_booster(content)

    def trainer(self, config: Config, data: TrainingData) -> Trainer:
        """Return what fits a trial on matrices that trials share, one a number of bins and weights."""
        shared: dict[Any, tuple[Any, Any]] = {}

        names = config.dataset.categorical
        known = matrix.categories(matrix.in_pieces(data.train_rows("none")), names)
        n_classes = class_count(data.target, config.dataset.task)
        valid_values = matrix.encoded(data.valid_features, known)
        valid_pieces = matrix.coded(matrix.in_pieces(data.valid_rows()), known)

        def matrices_of(trial: Config, settings: matrix.TrainingSettings) -> tuple[Any, Any]:
            class_weights = trial.model.class_weights
            key = (class_weights, *(settings.params.get(name) for name in matrix.MATRIX))
            if key not in shared:
                rows = matrix.in_pieces(data.train_rows(class_weights))
                train = matrix.compact(settings, matrix.coded(rows, known))
                shared[key] = (train, matrix.compact(settings, valid_pieces, train))
            return shared[key]

        def fit_trial(trial: Config, log: Log) -> "np.ndarray":
            require_device(trial.model.device)
            settings = training_settings(trial, n_classes)
            model, _ = fit_matrices(settings, matrices_of(trial, settings), log)
            return predict_encoded(model, valid_values)

        return fit_trial
