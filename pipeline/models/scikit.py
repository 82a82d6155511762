"""scikit-learn's models, saved by skops: nothing executes on loading but types listed here."""

import io
import json
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config.schema import Config
from pipeline.models import Log
from pipeline.models.rows import Rows, whole
from pipeline.stage.errors import ConfigError, DataError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Private types of scikit-learn that these models hold; anything else in a file is refused.
TRUSTED = [
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.IdentityLink",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.link.MultinomialLogit",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss.loss.HalfMultinomialLoss",
    "sklearn._loss.loss.HalfSquaredError",
    "sklearn._loss._loss.CyHalfBinomialLoss",
    "sklearn._loss._loss.CyHalfMultinomialLoss",
    "sklearn._loss._loss.CyHalfSquaredError",
    "sklearn.compose._column_transformer._RemainderColsList",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",  # bounded() checks it
    "sklearn.tree._tree.Tree",  # bounded() checks it
    "numpy.dtype",
]


def estimator(config: Config) -> Any:
    """The estimator of model.kind for the task, unfitted, the preparation of columns in front."""
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    kind, params, regression = (
        config.model.kind,
        config.model.params,
        config.dataset.task == "regression",
    )
    numeric, categorical = config.dataset.numeric, config.dataset.categorical
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=-1,
        encoded_missing_value=-1,
        min_frequency=20,
    )
    impute = SimpleImputer(strategy="median", keep_empty_features=True)
    if kind == "linear":
        from sklearn.linear_model import LogisticRegression, Ridge

        onehot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20)
        prepare = [
            ("numeric", make_pipeline(impute, StandardScaler()), numeric),
            ("categorical", onehot, categorical),
        ]
        strength = {"alpha": 1 / params["C"]} if regression and "C" in params else {}
        few = {name: params[name] for name in ("tol", "fit_intercept") if name in params}
        model: Any = Ridge(**strength, **few) if regression else LogisticRegression(**params)
    elif kind == "random_forest":
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        prepare = [("numeric", impute, numeric), ("categorical", codes, categorical)]
        forest = RandomForestRegressor if regression else RandomForestClassifier
        model = forest(**params, random_state=config.seed, n_jobs=config.engine.threads)
    elif kind == "hist_gradient_boosting":
        from sklearn.ensemble import (
            HistGradientBoostingClassifier,
            HistGradientBoostingRegressor,
        )

        prepare = [("numeric", "passthrough", numeric), ("categorical", codes, categorical)]
        boosting = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
        early = config.model.early_stopping_rounds
        model = boosting(
            **params,
            random_state=config.seed,
            early_stopping=bool(early),
            n_iter_no_change=max(early, 1),
        )
    else:
        from sklearn.dummy import DummyClassifier, DummyRegressor

        prepare = [("numeric", "passthrough", numeric)]
        model = DummyRegressor() if regression else DummyClassifier(strategy="prior")
    return ColumnTransformer(prepare), model


def fitted(
    config: Config,
    model: Any,
    train: tuple[Any, "np.ndarray", "np.ndarray"],
    valid: tuple[Any, "np.ndarray"],
    log: Log,
) -> int:
    """Fit the model on prepared columns and log its steps' losses afterwards; the best iteration.

    Raises ConfigError with scikit-learn's own words where it refuses a parameter.
    """
    from threadpoolctl import threadpool_limits

    features, target, weights = train
    # With weights, even of one each, scikit-learn draws other rows and bins than without, and slower.
    weight = weights if (weights != 1).any() else None
    more = {}
    if config.model.kind == "hist_gradient_boosting" and config.model.early_stopping_rounds:
        more = {"X_val": valid[0], "y_val": valid[1]}
    try:
        with threadpool_limits(config.engine.threads, "openmp"):
            model.fit(features, target, sample_weight=weight, **more)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"model.params: scikit-learn refuses: {error}") from error
    if hasattr(model, "n_jobs"):
        model.n_jobs = 1 if config.model.kind == "random_forest" else None
    if hasattr(model, "_bin_mapper"):
        model._bin_mapper.n_threads = None  # as many as there are; a bundle holds no thread count
    losses = [getattr(model, f"{side}_score_", ()) for side in ("train", "validation")]
    steps = min(len(one) for one in losses)
    for step in range(steps):
        log(step, float(-losses[0][step]), float(-losses[1][step]))
    return max(steps - 1, 0)


def fit(config: Config, train: Rows, valid: Rows, log: Log) -> tuple[Any, int]:
    """Fit the preparation on the training rows, then the model.

    scikit-learn takes all rows at once, prepared, 8 bytes a value.
    """
    from sklearn.pipeline import Pipeline

    try:
        prepare, model = estimator(config)
        prepared = prepare.fit_transform(whole(train, config.dataset, "float64"))
    except (TypeError, ValueError) as error:
        raise ConfigError(f"model.params: scikit-learn refuses: {error}") from error
    # Early stopping alone looks at valid.
    watched = None
    if config.model.early_stopping_rounds:
        watched = prepare.transform(whole(valid, config.dataset, "float64"))
    rows = (prepared, train.target, train.weights)
    best = fitted(config, model, rows, (watched, valid.target), log)
    return Pipeline([("prepare", prepare), ("model", model)]), best


def renumber(node: Any, ids: dict[int, int]) -> Any:
    """The same JSON with memory addresses, its object ids, numbered in order of appearance."""
    if isinstance(node, dict):
        return {
            key: ids.setdefault(value, len(ids))
            if key == "__id__" and isinstance(value, int)
            else renumber(value, ids)
            for key, value in node.items()
        }
    return [renumber(item, ids) for item in node] if isinstance(node, list) else node


def save(model: Any, path: Path) -> None:
    """Write a skops file in canonical form: fixed times, ids and file names in order of appearance."""
    import skops.io

    source = zipfile.ZipFile(io.BytesIO(skops.io.dumps(model)))
    ids: dict[int, int] = {}
    schema = renumber(json.loads(source.read("schema.json")), ids)
    text = json.dumps(schema)
    names = [name for name in source.namelist() if name != "schema.json"]
    order = sorted(names, key=lambda name: text.index(f'"{name}"'))
    with zipfile.ZipFile(path, "w") as target:
        for number, name in enumerate(order):
            renamed = f"{number:05d}{Path(name).suffix}"
            text = text.replace(f'"{name}"', f'"{renamed}"')
            target.writestr(zipfile.ZipInfo(renamed), source.read(name), zipfile.ZIP_DEFLATED)
        target.writestr(zipfile.ZipInfo("schema.json"), text, zipfile.ZIP_DEFLATED)


def held(thing: Any, seen: dict[int, Any]) -> None:
    """Collect a thing and all that its attributes and items hold, by identity."""
    if id(thing) in seen or isinstance(thing, str | bytes | int | float | type):
        return
    seen[id(thing)] = thing
    if isinstance(thing, dict):
        inner = list(thing.values())
    elif isinstance(thing, list | tuple | set):
        inner = list(thing)
    elif getattr(getattr(thing, "dtype", None), "hasobject", False) and hasattr(thing, "ravel"):
        inner = list(thing.ravel())
    else:
        inner = list(getattr(thing, "__dict__", {}).values())
    for one in inner:
        held(one, seen)


def bounded(model: Any) -> bool:
    """Whether every tree's nodes point to later nodes and to existing columns.

    scikit-learn follows them unchecked, so a forged file could read outside memory or never end.
    """
    import numpy as np

    parts: dict[int, Any] = {}
    held(model, parts)
    columns = getattr(model[-1], "n_features_in_", 0)
    for part in parts.values():
        bits = True
        if type(part).__name__ == "Tree":
            inner = part.children_left != -1
            left, right, column = part.children_left, part.children_right, part.feature
        elif type(part).__name__ == "TreePredictor":
            nodes = part.nodes
            inner = nodes["is_leaf"] == 0
            left, right, column = (nodes[name] for name in ("left", "right", "feature_idx"))
            categorical = inner & (nodes["is_categorical"] != 0)
            bits = bool((nodes["bitset_idx"][categorical] < len(part.raw_left_cat_bitsets)).all())
        else:
            continue
        own = np.arange(len(inner))
        later = [(child > own) & (child < len(own)) for child in (left, right)]
        good = later[0] & later[1] & (column >= 0) & (column < columns)
        if not (len(own) and bits and bool(good[inner].all())):
            return False
    return True


def load(path: Path) -> Any:
    """Read a skops file. Raises DataError that names a type which is not trusted."""
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        model = skops.io.load(path, trusted=TRUSTED)
    except UntrustedTypesFoundException as error:
        raise DataError(f"{path}: holds types that are not trusted: {error}") from error
    if not bounded(model):
        raise DataError(f"{path}: holds a tree that points outside itself; restore the file")
    return model


def linear(model: Any, prepared: Any) -> "np.ndarray":
    """Scores of a linear model on prepared columns, shape (n, k), each row from itself alone.

    BLAS adds in another order when fewer rows come together, so that a row's last bit would change
    with its company; a sparse product goes row by row.
    """
    import numpy as np
    from scipy.sparse import csr_array

    scores: np.ndarray = csr_array(prepared) @ np.atleast_2d(model.coef_).T + model.intercept_
    return scores


def probabilities(scores: "np.ndarray") -> "np.ndarray":
    """Class probabilities, shape (n, k), of a logistic regression's scores; two classes have one column."""
    import numpy as np
    from scipy.special import expit
    from sklearn.utils.extmath import softmax

    two = scores.shape[1] == 1
    found: np.ndarray = expit(np.column_stack([-scores, scores])) if two else softmax(scores)
    return found


def predicted(model: Any, prepared: Any, task: str) -> "np.ndarray":
    """What predict() gives, from the last step's model and the columns as the step before made them."""
    straight = hasattr(model, "coef_")
    found: np.ndarray
    if task == "regression":
        found = linear(model, prepared)[:, 0] if straight else model.predict(prepared)
        return found
    found = probabilities(linear(model, prepared)) if straight else model.predict_proba(prepared)
    return found[:, 1] if task == "binary" else found


def predict(model: Any, features: "pd.DataFrame", task: str) -> "np.ndarray":
    """P(positive), shape (n,); class probabilities, shape (n, k); or values, shape (n,)."""
    return predicted(model[-1], model[:-1].transform(features), task)
