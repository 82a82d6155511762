"""XGBoost: categories as they are, early stopping, the same bytes for the same training."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config.schema import Config
from pipeline.models import Log
from pipeline.models import xgb_matrix as matrix
from pipeline.models.rows import Rows
from pipeline.stage.errors import ConfigError, DataError

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


def how_to(config: Config, classes: int) -> matrix.How:
    """What the configuration says of a training.

    Raises ConfigError with XGBoost's own words for a parameter that it does not know or allow.
    """
    objective, metric = OBJECTIVE[config.dataset.task]
    params = dict(config.model.params)
    rounds = params.pop("num_boost_round", 100)
    found = {
        "objective": objective,
        "eval_metric": metric,
        **({"num_class": classes} if config.dataset.task == "multiclass" else {}),
        "tree_method": "hist",
        "seed": config.seed,
        "device": "cuda" if config.model.device == "gpu" else "cpu",
        **params,
    }
    must_fit(found)
    columns = ["float"] * len(config.dataset.numeric) + ["c"] * len(config.dataset.categorical)
    return matrix.How(found, rounds, config.model.early_stopping_rounds, columns)


def must_fit(params: dict[str, Any]) -> None:
    """Refuse what XGBoost does, and what it does not know: there it would only warn, and train without."""
    import warnings

    import xgboost

    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            xgboost.Booster({**params, "num_feature": 1}).save_config()
        except (xgboost.core.XGBoostError, TypeError, ValueError) as error:
            raise ConfigError(f"model.params: XGBoost refuses: {own_words(error)}") from error
    for one in said:
        if "are not used" in str(one.message):
            raise ConfigError(f"model.params: XGBoost refuses: {own_words(one.message)}")


def own_words(error: object) -> str:
    """What XGBoost says, in one line, without its clock, its source file and its stack."""
    import re

    text = str(error).split("Stack trace")[0]
    return " ".join(re.sub(r"\[\d\d:\d\d:\d\d\]|(WARNING: )?\S+\.(cc|cu|h):\d+:", "", text).split())


def must_have_device(device: str) -> None:
    """Raises ConfigError where a GPU is asked for and XGBoost has none, or cannot use one."""
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
    """How many classes the target has; 0 where the task needs no such number."""
    return 1 + int(target.max()) if task == "multiclass" else 0


def learned(
    how: matrix.How, sides: "tuple[matrix.Coded, matrix.Coded]", log: Log
) -> "tuple[xgboost.Booster, int]":
    """The booster of the rows of train and of valid, and its best iteration, as boosted() gives them."""
    train = matrix.compact(how, sides[0])
    return boosted(how, (train, matrix.compact(how, sides[1], train)), log)


def boosted(
    how: matrix.How, sides: "tuple[xgboost.QuantileDMatrix, xgboost.QuantileDMatrix]", log: Log
) -> "tuple[xgboost.Booster, int]":
    """The booster, fitted on train and valid, cut after its best iteration, and that iteration.

    Raises ConfigError with XGBoost's own words where it refuses a parameter.
    """
    import xgboost

    train, valid = sides
    metric, early = how.params["eval_metric"], how.early

    valid_losses: list[float] = []

    def best() -> int:
        return valid_losses.index(min(valid_losses))

    class Watch(xgboost.callback.TrainingCallback):
        """Hands on the losses; stops early, or where the log says so."""

        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            losses = [float(evals_log[side][metric][-1]) for side in ("train", "valid")]
            valid_losses.append(losses[1])
            wanted = log(epoch, *losses)
            return wanted is False or (bool(early) and epoch - best() >= early)

    try:
        booster = xgboost.train(
            how.params,
            train,
            how.rounds,
            evals=[(train, "train"), (valid, "valid")],
            callbacks=[Watch()],
            verbose_eval=False,
        )
    except xgboost.core.XGBoostError as error:
        raise ConfigError(f"model.params: XGBoost refuses: {own_words(error)}") from error
    last = best() if early else len(valid_losses) - 1
    return booster[: last + 1], last


def keep_columns(booster: "xgboost.Booster", numeric: list[str], known: dict[str, Any]) -> None:
    """Store the columns in the booster, without which the codes of its categories mean nothing."""
    columns = {"numeric": numeric, "categories": known}
    booster.set_attr(**{COLUMNS: json.dumps(columns, ensure_ascii=False)})


def fit(config: Config, train: Rows, valid: Rows, log: Log) -> tuple[Any, int]:
    """Fit on train, stopping early on valid.

    Raises ConfigError with XGBoost's own words where it refuses a parameter.
    """
    must_have_device(config.model.device)
    rows, watched = matrix.in_pieces(train), matrix.in_pieces(valid)
    how = how_to(config, class_count(train.target, config.dataset.task))
    known = matrix.categories(rows, config.dataset.categorical)
    sides = matrix.coded(rows, known), matrix.coded(watched, known)
    if config.model.workers:
        from pipeline.models import xgb_cluster

        model, best = xgb_cluster.learned(config, how, sides, log)
    else:
        model, best = learned(how, sides, log)
    keep_columns(model, config.dataset.numeric, known)
    return model, best


def save(model: "xgboost.Booster", path: Path) -> None:
    """Write the model as UBJSON: trees, objective and columns; no parameter, time or thread count."""
    path.write_bytes(bytes(model.save_raw("ubj")))


def load(path: Path) -> Any:
    """Read a model; the format executes nothing. Raises DataError where it is not one of ours."""
    import xgboost

    model = xgboost.Booster()
    try:
        model.load_model(path)
    except (xgboost.core.XGBoostError, ValueError) as error:
        raise DataError(f"{path}: not a whole XGBoost model ({own_words(error)})") from error
    if model.attr(COLUMNS) is None:
        raise DataError(f"{path}: holds no columns, so it was not written by this project")
    return model


def predict(model: "xgboost.Booster", features: "pd.DataFrame", task: str) -> "np.ndarray":
    """P(positive), shape (n,); class probabilities, shape (n, k); or values, shape (n,)."""
    columns = json.loads(model.attr(COLUMNS) or "")
    known: dict[str, list[str]] = columns["categories"]
    return predicted(model, matrix.encoded(features[[*columns["numeric"], *known]], known))


def predicted(model: "xgboost.Booster", values: "np.ndarray") -> "np.ndarray":
    """What predict() gives, from encoded rows."""
    found: np.ndarray = model.inplace_predict(values).astype("float64")
    # Of float32, classes' probabilities sum to one but for a rounding.
    return found / found.sum(axis=1, keepdims=True) if found.ndim == 2 else found
