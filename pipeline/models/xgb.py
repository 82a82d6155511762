"""XGBoost: rows go in piece by piece, categories as they are; the same bytes for the same training."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config.schema import Config
from pipeline.models import Log
from pipeline.models.rows import Rows
from pipeline.stage.errors import ConfigError, DataError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import xgboost

    # Features, target, weights: none where all rows weigh the same. Read as often as it is called.
    Piece = tuple[pd.DataFrame, np.ndarray, np.ndarray | None]
    Pieces = Callable[[], Iterator[Piece]]
    Share = tuple[np.ndarray, np.ndarray, np.ndarray | None]  # the same, features encoded
    Coded = Callable[[], Iterator[Share]]

OBJECTIVE = {
    "binary": ("binary:logistic", "logloss"),
    "multiclass": ("multi:softprob", "mlogloss"),
    "regression": ("reg:squarederror", "rmse"),
}
ROWS = 2**16  # of a piece, where the rows come as one frame
COLUMNS = "columns"  # the booster's attribute that holds them, as JSON
MATRIX = ("max_bin", "nthread")  # parameters that the matrix has too
# Values are float32 inside: what is beyond would become infinite, which XGBoost refuses.
HIGHEST = 3.4028234e38


@dataclass(frozen=True)
class How:
    """All that a training is told but its rows; a process elsewhere can be given it."""

    params: dict[str, Any]  # of the booster
    rounds: int  # at most
    early: int  # rounds without a better loss on valid, after which it stops; 0: never
    columns: list[str]  # the kind of each feature in XGBoost's words, in order


def sliced(
    features: "pd.DataFrame", target: "np.ndarray", weights: "np.ndarray | None" = None
) -> "Pieces":
    """The rows of one frame in pieces. Weights that are all one are none."""
    if weights is not None and (weights == 1).all():
        weights = None

    def pieces() -> "Iterator[Piece]":
        for start in range(0, len(target), ROWS):
            here = slice(start, start + ROWS)
            yield features.iloc[here], target[here], None if weights is None else weights[here]

    return pieces


def in_pieces(rows: Rows) -> "Pieces":
    """The rows as their features come. Weights that are all one are none."""
    plain = bool((rows.weights == 1).all())

    def pieces() -> "Iterator[Piece]":
        for features, target, weights in rows.pieces():
            yield features, target, None if plain else weights

    return pieces


def categories(pieces: "Pieces", names: list[str]) -> dict[str, list[str]]:
    """The values of each categorical column that training has, sorted; a value's place is its code."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for features, _, _ in pieces() if names else ():
        for name in names:
            found[name].update(features[name].unique().tolist())
    return {name: sorted(values) for name, values in found.items()}


def encoded(features: "pd.DataFrame", known: dict[str, list[str]]) -> "np.ndarray":
    """What XGBoost takes, float32, shape (rows, columns): numbers, and the codes of categories.

    A category that training did not see is missing, as a missing number is: not-a-number.
    """
    import numpy as np
    import pandas as pd

    found = np.empty(features.shape, dtype="float32")
    for place, name in enumerate(features.columns):
        if name in known:
            number, values = pd.factorize(features[name])  # few values are looked up, not all rows
            codes = pd.Index(known[name], dtype="str").get_indexer(values)
            found[:, place] = np.append(np.where(codes < 0, np.nan, codes), np.nan)[number]
        else:
            found[:, place] = features[name].to_numpy(dtype=float).clip(-HIGHEST, HIGHEST)
    return found


def how_to(config: Config, classes: int) -> How:
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
    return How(found, rounds, config.model.early_stopping_rounds, columns)


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


def coded(pieces: "Pieces", known: dict[str, list[str]]) -> "Coded":
    """The pieces as XGBoost takes them, encoded when they are asked for."""

    def found() -> "Iterator[Share]":
        for features, target, weights in pieces():
            yield encoded(features, known), target, weights

    return found


def compact(
    how: How, rows: "Coded", ref: "xgboost.QuantileDMatrix | None" = None
) -> "xgboost.QuantileDMatrix":
    """XGBoost's compact form of the rows, a byte or two a value, filled a piece at a time.

    The form of valid takes the bins of that of train, `ref`.
    """
    import xgboost

    lost: list[BaseException] = []

    class Feed(xgboost.DataIter):
        """The pieces, as often as XGBoost asks for them: four times."""

        def reset(self) -> None:
            self.rest = rows()

        def next(self, input_data: Callable[..., None]) -> bool:
            try:
                piece = next(self.rest, None)
            except BaseException as error:  # Ctrl-C too: what is raised to XGBoost may be lost
                lost.append(error)
                return False
            if piece is None:
                return False
            values, target, weights = piece
            weight = {} if weights is None else {"weight": weights}
            input_data(data=values, label=target, feature_types=how.columns, **weight)
            return True

    few = {name: how.params[name] for name in MATRIX if name in how.params}
    try:
        found = xgboost.QuantileDMatrix(Feed(), enable_categorical=True, ref=ref, **few)
    except xgboost.core.XGBoostError:
        if not lost:
            raise
    if lost:
        raise lost[0]
    return found


def class_count(target: "np.ndarray", task: str) -> int:
    """How many classes the target has; 0 where the task needs no such number."""
    return 1 + int(target.max()) if task == "multiclass" else 0


def learned(how: How, sides: "tuple[Coded, Coded]", log: Log) -> "tuple[xgboost.Booster, int]":
    """The booster of the rows of train and of valid, and its best iteration, as boosted() gives them."""
    train = compact(how, sides[0])
    return boosted(how, (train, compact(how, sides[1], train)), log)


def boosted(
    how: How, sides: "tuple[xgboost.QuantileDMatrix, xgboost.QuantileDMatrix]", log: Log
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
    rows, watched = in_pieces(train), in_pieces(valid)
    how = how_to(config, class_count(train.target, config.dataset.task))
    known = categories(rows, config.dataset.categorical)
    sides = coded(rows, known), coded(watched, known)
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
    return predicted(model, encoded(features[[*columns["numeric"], *known]], known))


def predicted(model: "xgboost.Booster", values: "np.ndarray") -> "np.ndarray":
    """What predict() gives, from encoded rows."""
    found: np.ndarray = model.inplace_predict(values).astype("float64")
    # Of float32, classes' probabilities sum to one but for a rounding.
    return found / found.sum(axis=1, keepdims=True) if found.ndim == 2 else found
