"""What scikit-learn's kinds share: prepared columns, one fit, files by skops that execute nothing."""

import io
import json
import zipfile
from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lockstep.core.errors import ConfigError, DataError, owner_frame
from lockstep.core.schema import Config
from lockstep.models import skops_check
from lockstep.models.base import Log, ModelKind, Trainer, TrainingData
from lockstep.models.file_checks import model_file
from lockstep.models.rows import Rows, in_one_frame

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Private types of scikit-learn that every kind's file may hold, by what prepares its columns.
PREPARATION_TYPES = ("sklearn.compose._column_transformer._RemainderColsList", "numpy.dtype")
# Types of trees; are_trees_bounded() checks them.
TREE_TYPES = ("sklearn.tree._tree.Tree",)
# What the functions below build.
IMPUTER = "sklearn.impute._base.SimpleImputer"
CATEGORY_CODES = "sklearn.preprocessing._encoders.OrdinalEncoder"
UNCHANGED = "sklearn.preprocessing._function_transformer.FunctionTransformer"  # passthrough


def category_codes() -> Any:
    """Return an encoder of categories as numbers: rare and unknown ones share one."""
    from sklearn.preprocessing import OrdinalEncoder

    return OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=-1,
        encoded_missing_value=-1,
        min_frequency=20,
    )


def median_imputer() -> Any:
    """Return an imputer that puts the training rows' median in the place of what is missing."""
    from sklearn.impute import SimpleImputer

    return SimpleImputer(strategy="median", keep_empty_features=True)


class ScikitKind(ModelKind):
    """A kind of scikit-learn's: a preparation of the columns, then an estimator."""

    file_name = "model.skops"
    packages = ("scikit-learn", "skops", "scipy")
    library = "sklearn"
    # Of an owner's kind: private types beyond PREPARATION_TYPES. skops lets in scikit-learn's public ones.
    trusted_types: ClassVar[tuple[str, ...]] = ()
    # Of a kind of Lockstep's own: the full names of its estimators, and of the other types that it builds.
    # Its file holds these alone, not even scikit-learn's other public ones. An owner's kind that is derived
    # from it does not inherit the check, since it may build others.
    built_estimators: ClassVar[tuple[str, ...]] = ()
    built_types: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def preparation(self, config: Config) -> list[tuple[str, Any, list[str]]]:
        """Return the transformers of ColumnTransformer, unfitted."""

    @abstractmethod
    def estimator(self, config: Config) -> Any:
        """Return the estimator of the task, unfitted."""

    def fit_arguments(self, config: Config, valid: tuple[Any, "np.ndarray"]) -> dict[str, Any]:
        """Return more arguments of the estimator's fit(), of the prepared valid rows and their target."""
        return {}

    def without_thread_count(self, model: Any) -> None:
        """Take out of the fitted estimator how many threads it was fitted with."""

    def predict_prepared(self, model: Any, prepared: Any, task: str) -> "np.ndarray":
        """Predict prepared columns, as ModelKind.predict does; each row from itself alone."""
        values: np.ndarray
        if task == "regression":
            values = model.predict(prepared)
            return values
        values = model.predict_proba(prepared)
        return values[:, 1] if task == "binary" else values

    def fit(
        self, config: Config, train: Rows, valid: Rows, snapshot: str, log: Log
    ) -> tuple[Any, int]:
        """Fit the preparation on the training rows, then the estimator.

        scikit-learn takes all rows at once, prepared, 8 bytes a value.
        """
        from sklearn.compose import ColumnTransformer
        from sklearn.pipeline import Pipeline

        try:
            columns = ColumnTransformer(self.preparation(config))
            model = self.estimator(config)
            prepared = columns.fit_transform(in_one_frame(train, config.dataset, self.dtype))
        except (TypeError, ValueError) as error:
            if owner_frame(error, ("components",)):
                raise  # of an owner's kind: the message names the line
            raise ConfigError(f"model.params: scikit-learn refuses: {error}") from error
        prepared_valid = None
        if config.model.early_stopping_rounds:  # which alone looks at valid
            prepared_valid = columns.transform(in_one_frame(valid, config.dataset, self.dtype))
        rows = (prepared, train.target, train.weights)
        best = self.fit_estimator(config, model, rows, (prepared_valid, valid.target), log)
        return Pipeline([("prepare", columns), ("model", model)]), best

    def fit_estimator(
        self,
        config: Config,
        model: Any,
        train: tuple[Any, "np.ndarray", "np.ndarray"],
        valid: tuple[Any, "np.ndarray"],
        log: Log,
    ) -> int:
        """Fit on prepared (columns, target, weights) and log the steps' losses; the best iteration.

        Raises ConfigError with scikit-learn's own words where it refuses a parameter.
        """
        from threadpoolctl import threadpool_limits

        features, target, weights = train
        # With weights, even of one each, scikit-learn draws other rows and bins, and slower.
        sample_weight = weights if (weights != 1).any() else None
        arguments = self.fit_arguments(config, valid)
        try:
            with threadpool_limits(config.engine.threads, "openmp"):
                model.fit(features, target, sample_weight=sample_weight, **arguments)
        except (TypeError, ValueError) as error:
            raise ConfigError(f"model.params: scikit-learn refuses: {error}") from error
        self.without_thread_count(model)
        train_losses = getattr(model, "train_score_", ())
        valid_losses = getattr(model, "validation_score_", ())
        n_steps = min(len(train_losses), len(valid_losses))
        for step in range(n_steps):
            log(step, float(-train_losses[step]), float(-valid_losses[step]))
        return max(n_steps - 1, 0)

    def predict(self, model: Any, features: "pd.DataFrame", task: str) -> "np.ndarray":
        """Prepare the columns and predict."""
        return self.predict_prepared(model[-1], model[:-1].transform(features), task)

    def save(self, model: Any, path: Path) -> None:
        """Write a skops file in canonical form."""
        write_skops(model, path)

    def load(self, path: Path) -> Any:
        """Read a skops file of this kind's types, checked before and after. Raises DataError in one line."""
        own = vars(type(self))
        if "built_estimators" not in own:
            return read_skops(path, [*PREPARATION_TYPES, *self.trusted_types])
        estimators = own["built_estimators"]
        types = (*estimators, *own.get("built_types", ()))
        with model_file(path, f"model of the kind {self.name}"):
            skops_check.check_file(path, types)
            model = read_skops(path, [*PREPARATION_TYPES, *types])
            skops_check.check_model(model, estimators)
            return model

    def trainer(self, config: Config, data: TrainingData) -> Trainer:
        """Return what fits a trial on columns that are prepared once: no trial changes the preparation."""
        from sklearn.compose import ColumnTransformer

        columns = ColumnTransformer(self.preparation(config))
        prepared = columns.fit_transform(data.features)
        prepared_valid = columns.transform(data.valid_features)

        def fit_trial(trial: Config, log: Log) -> "np.ndarray":
            model = self.estimator(trial)
            rows = (prepared, data.target, data.row_weights(trial.model.class_weights))
            self.fit_estimator(trial, model, rows, (prepared_valid, data.valid_target), log)
            return self.predict_prepared(model, prepared_valid, trial.dataset.task)

        return fit_trial


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


def write_skops(model: Any, path: Path) -> None:
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


def collect_parts(part: Any, parts: dict[int, Any]) -> None:
    """Collect a thing and everything that its attributes and items hold, by identity."""
    if id(part) in parts or isinstance(part, str | bytes | int | float | type):
        return
    parts[id(part)] = part
    if isinstance(part, dict):
        inner = list(part.values())
    elif isinstance(part, list | tuple | set):
        inner = list(part)
    elif getattr(getattr(part, "dtype", None), "hasobject", False) and hasattr(part, "ravel"):
        inner = list(part.ravel())
    else:
        inner = list(getattr(part, "__dict__", {}).values())
    for item in inner:
        collect_parts(item, parts)


def are_trees_bounded(model: Any) -> bool:
    """Whether every tree's nodes point to later nodes and to columns that the model's last step counts.

    scikit-learn follows them unchecked. This is all that is checked of an owner's kind, whose own code runs
    beside it; a tree inside of another estimator may have fewer columns than are counted here.
    """
    import numpy as np

    parts: dict[int, Any] = {}
    collect_parts(model, parts)
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


def read_skops(path: Path, trusted: list[str]) -> Any:
    """Read a skops file. Raises DataError that names a type which is neither trusted nor public.

    Public are scikit-learn's estimators and NumPy's and SciPy's plain types.
    """
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        model = skops.io.load(path, trusted=trusted)
    except UntrustedTypesFoundException as error:
        raise DataError(f"{path}: holds types that are not trusted: {error}") from error
    if not are_trees_bounded(model):
        raise DataError(f"{path}: holds a tree that points outside itself; restore the file")
    return model
