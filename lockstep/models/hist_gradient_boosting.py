"""scikit-learn's histogram gradient boosting."""

from typing import TYPE_CHECKING, Any, ClassVar

from lockstep.core.schema import Config
from lockstep.models.parameters import Number, count
from lockstep.models.scikit import CATEGORY_CODES, UNCHANGED, ScikitKind, category_codes

if TYPE_CHECKING:
    import numpy as np


class HistGradientBoosting(ScikitKind):
    """Boosted trees over binned columns; missing numbers are a value of their own."""

    name = "hist_gradient_boosting"
    parameters: ClassVar = {
        "max_iter": count(1, 100_000),
        "learning_rate": Number(1e-6, 1),
        "max_leaf_nodes": count(2, 1_000_000, none=True),
        "max_depth": count(1, 1000, none=True),
        "min_samples_leaf": count(1, 1_000_000_000),
        "l2_regularization": Number(0, 1e9),
        "max_features": Number(0.001, 1),
        "max_bins": count(2, 255),
    }
    steps_parameter = "max_iter"
    search_space: ClassVar = {
        "max_iter": {"low": 50, "high": 400, "step": 10},
        "learning_rate": {"low": 0.02, "high": 0.3, "log": True},
        "max_leaf_nodes": {"low": 7, "high": 127, "log": True},
        "min_samples_leaf": {"low": 5, "high": 200, "log": True, "first": 20},
        "l2_regularization": {"low": 0, "high": 10, "first": 0},
        "max_features": {"low": 0.3, "high": 1, "first": 1},
    }
    trusted_types = (  # for a kind that is derived from it
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
        "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    )
    built_estimators = (
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingClassifier",
        "sklearn.ensemble._hist_gradient_boosting.gradient_boosting.HistGradientBoostingRegressor",
    )
    built_types = (
        *trusted_types,
        CATEGORY_CODES,
        UNCHANGED,
        "sklearn.preprocessing._label.LabelEncoder",
    )

    def preparation(self, config: Config) -> list[tuple[str, Any, list[str]]]:
        """Leave numbers as they are, code categories."""
        return [
            ("numeric", "passthrough", config.dataset.numeric),
            ("categorical", category_codes(), config.dataset.categorical),
        ]

    def estimator(self, config: Config) -> Any:
        """Return the boosting of the task, stopping early where the configuration says so."""
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        is_regression = config.dataset.task == "regression"
        boosting = (
            HistGradientBoostingRegressor if is_regression else HistGradientBoostingClassifier
        )
        rounds = config.model.early_stopping_rounds
        return boosting(
            **config.model.params,
            random_state=config.seed,
            early_stopping=bool(rounds),
            n_iter_no_change=max(rounds, 1),
        )

    def fit_arguments(self, config: Config, valid: tuple[Any, "np.ndarray"]) -> dict[str, Any]:
        """Watch valid for early stopping."""
        if not config.model.early_stopping_rounds:
            return {}
        return {"X_val": valid[0], "y_val": valid[1]}

    def without_thread_count(self, model: Any) -> None:
        """Bin with as many threads as there are where the model is loaded."""
        model._bin_mapper.n_threads = None
