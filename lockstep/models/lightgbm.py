"""LightGBM: categories as codes, early stopping, the same bytes for the same training."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lockstep.core.errors import ConfigError
from lockstep.core.schema import Config
from lockstep.models.base import Log, ModelKind
from lockstep.models.file_checks import model_file, require
from lockstep.models.lightgbm_check import check_text
from lockstep.models.parameters import Choice, Number, count
from lockstep.models.rows import Rows, as_numbers, category_values, in_one_frame

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

OBJECTIVES = {
    "binary": ("binary", "binary_logloss"),
    "multiclass": ("multiclass", "multi_logloss"),
    "regression": ("regression", "rmse"),
}
# So that two trainings add in one order, and none chooses its layout by a race against the clock.
REPRODUCIBLE = {"deterministic": True, "force_row_wise": True, "verbosity": -1}


def training_parameters(config: Config, target: "np.ndarray") -> dict[str, Any]:
    """Return LightGBM's parameters of a configuration."""
    objective, metric = OBJECTIVES[config.dataset.task]
    is_multiclass = config.dataset.task == "multiclass"
    return {
        "objective": objective,
        "metric": metric,
        **({"num_class": 1 + int(target.max())} if is_multiclass else {}),
        "seed": config.seed,
        **REPRODUCIBLE,
        **config.model.params,
    }


class FittedLightGBM:
    """A booster, and the columns without which the codes of its categories mean nothing."""

    def __init__(self, text: str, numeric: list[str], categories: dict[str, list[str]]) -> None:
        """Read the booster from its text. Raises lightgbm.basic.LightGBMError where it is none."""
        import lightgbm

        self.text, self.numeric, self.categories = text, numeric, categories
        self.booster = lightgbm.Booster(model_str=text)


class LightGBM(ModelKind):
    """LightGBM's boosted trees."""

    name = "lightgbm"
    parameters: ClassVar = {
        "num_iterations": count(1, 100_000),
        "learning_rate": Number(1e-6, 1),
        "num_threads": count(1, 1024),
        "num_leaves": count(2, 131_072),
        "max_depth": count(-1, 1000),  # -1: no limit
        "min_data_in_leaf": count(0, 1_000_000_000),
        "min_sum_hessian_in_leaf": Number(0, 1e9),
        "min_gain_to_split": Number(0, 1e9),
        "bagging_fraction": Number(0.001, 1),
        "bagging_freq": count(0, 1_000_000),
        "feature_fraction": Number(0.001, 1),
        "lambda_l1": Number(0, 1e9),
        "lambda_l2": Number(0, 1e9),
        "max_bin": count(2, 65_535),
        "cat_smooth": Number(0, 1e9),
        "cat_l2": Number(0, 1e9),
        "max_cat_to_onehot": count(1, 1_000_000),
        "extra_trees": Choice((True, False)),
    }
    required = ("num_threads",)  # it takes all where none are given, and adds in their order
    steps_parameter = "num_iterations"
    search_space: ClassVar = {
        "num_iterations": {"low": 50, "high": 400, "step": 10},
        "learning_rate": {"low": 0.03, "high": 0.3, "log": True},
        "num_leaves": {"low": 7, "high": 127, "log": True},
        "min_data_in_leaf": {"low": 5, "high": 200, "log": True, "first": 20},
        "lambda_l2": {"low": 0, "high": 10, "first": 0},
        "feature_fraction": {"low": 0.4, "high": 1, "first": 1},
    }
    file_name = "model.lightgbm.json"
    packages = ("lightgbm",)
    library = "lightgbm"
    extra = "lightgbm"
    stops_at_a_step = True

    def fit(
        self, config: Config, train: Rows, valid: Rows, snapshot: str, log: Log
    ) -> tuple[Any, int]:
        """Fit on all rows in memory, 8 bytes a value."""
        import lightgbm

        unknown = [name for name in config.model.params if name not in self.parameters]
        if unknown:  # LightGBM would only warn, and train without
            raise ConfigError(f"model.params: LightGBM has no parameter {unknown[0]!r} here")
        dataset = config.dataset
        categories = category_values(train.features(), dataset.categorical)
        places = [len(dataset.numeric) + n for n in range(len(dataset.categorical))]
        parameters = training_parameters(config, train.target)
        valid_losses: list[float] = []

        def after_iteration(env: Any) -> None:
            """Log the losses; stop early, or where the log says so."""
            losses = [float(loss) for _, _, loss, *_ in env.evaluation_result_list]
            valid_losses.append(losses[1])
            rounds = config.model.early_stopping_rounds
            is_stale = bool(rounds) and env.iteration - best_iteration(valid_losses) >= rounds
            if log(env.iteration, *losses) is False or is_stale:
                raise lightgbm.callback.EarlyStopException(
                    env.iteration, env.evaluation_result_list
                )

        def numbers(rows: Rows) -> "np.ndarray":
            frame = in_one_frame(rows, dataset, self.dtype)
            return as_numbers(
                frame.astype(dict.fromkeys(dataset.categorical, str)), categories, self.dtype
            )

        try:
            train_set = lightgbm.Dataset(
                numbers(train),
                train.target,
                weight=train.weights if (train.weights != 1).any() else None,
                categorical_feature=places,
                params=parameters,
            )
            valid_set = lightgbm.Dataset(numbers(valid), valid.target, reference=train_set)
            booster = lightgbm.train(
                parameters,
                train_set,
                num_boost_round=parameters.get("num_iterations", 100),
                valid_sets=[train_set, valid_set],
                valid_names=["train", "valid"],
                callbacks=[after_iteration],
            )
        except lightgbm.basic.LightGBMError as error:
            raise ConfigError(f"model.params: LightGBM refuses: {error}") from error
        last = len(valid_losses) - 1
        best = best_iteration(valid_losses) if config.model.early_stopping_rounds else last
        text = booster.model_to_string(num_iteration=best + 1)
        trees_only = text.split("\nparameters:")[0] + "\n"  # the rest holds the thread count
        return FittedLightGBM(trees_only, dataset.numeric, categories), best

    def predict(self, model: Any, features: "pd.DataFrame", task: str) -> "np.ndarray":
        """Predict rows whose texts are strings."""
        columns = [*model.numeric, *model.categories]
        numbers = as_numbers(features[columns], model.categories, self.dtype)
        values: np.ndarray = model.booster.predict(numbers)
        return values

    def save(self, model: Any, path: Path) -> None:
        """Write LightGBM's own text and the columns, as JSON."""
        content = {
            "numeric": model.numeric,
            "categories": model.categories,
            "model": model.text,
        }
        path.write_text(
            json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
        )

    def load(self, path: Path) -> Any:
        """Read a model that passed its check. Raises DataError where it is not one of ours."""
        with model_file(path, "LightGBM model"):
            content = json.loads(path.read_bytes())
            text, numeric, categories = (content[k] for k in ("model", "numeric", "categories"))
            lists = [numeric, *dict(categories).values()]
            require(all(isinstance(names, list) for names in lists), "its columns are no lists")
            require(
                all(isinstance(n, str) for names in lists for n in names),
                "its columns are no texts",
            )
            check_text(text, len(numeric) + len(categories))
            return FittedLightGBM(text, numeric, categories)


def best_iteration(losses: list[float]) -> int:
    """Return the iteration of the lowest loss, the first of several."""
    return losses.index(min(losses))
