"""Linear models: logistic regression, or ridge for a regression."""

from typing import TYPE_CHECKING, Any, ClassVar

from lockstep.core.schema import Config
from lockstep.models.parameters import Choice, Number, count
from lockstep.models.scikit import IMPUTER, ScikitKind, median_imputer

if TYPE_CHECKING:
    import numpy as np


def linear_scores(model: Any, prepared: Any) -> "np.ndarray":
    """Return the scores of a linear model on prepared columns, shape (n, k), each row from itself alone.

    BLAS adds in another order when fewer rows come together, so that a row's last bit would change
    with its company; a sparse product goes row by row.
    """
    import numpy as np
    from scipy.sparse import csr_array

    scores: np.ndarray = csr_array(prepared) @ np.atleast_2d(model.coef_).T + model.intercept_
    return scores


def probabilities(scores: "np.ndarray") -> "np.ndarray":
    """Return class probabilities, shape (n, k), of scores; those of two classes have one column."""
    import numpy as np
    from scipy.special import expit
    from sklearn.utils.extmath import softmax

    if scores.shape[1] == 1:
        two_classes: np.ndarray = expit(np.column_stack([-scores, scores]))
        return two_classes
    classes: np.ndarray = softmax(scores)
    return classes


class Linear(ScikitKind):
    """Logistic regression or ridge, on standardised numbers and one-hot categories."""

    name = "linear"
    parameters: ClassVar = {
        "C": Number(1e-9, 1e9),  # inverse strength of the penalty; of a ridge, 1 / alpha
        "max_iter": count(1, 1_000_000),
        "tol": Number(1e-12, 1),
        "fit_intercept": Choice((True, False)),
    }
    search_space: ClassVar = {"C": {"low": 0.0001, "high": 1000, "log": True}}
    built_estimators = (
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.linear_model._ridge.Ridge",
    )
    built_types = (
        IMPUTER,
        "sklearn.preprocessing._data.StandardScaler",
        "sklearn.preprocessing._encoders.OneHotEncoder",
    )

    def preparation(self, config: Config) -> list[tuple[str, Any, list[str]]]:
        """Impute and standardise numbers, one-hot encode categories."""
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import OneHotEncoder, StandardScaler

        onehot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=20)
        numbers = make_pipeline(median_imputer(), StandardScaler())
        return [
            ("numeric", numbers, config.dataset.numeric),
            ("categorical", onehot, config.dataset.categorical),
        ]

    def estimator(self, config: Config) -> Any:
        """Return a logistic regression, or a ridge whose alpha is 1 / C."""
        from sklearn.linear_model import LogisticRegression, Ridge

        params = config.model.params
        if config.dataset.task != "regression":
            return LogisticRegression(**params)
        strength = {"alpha": 1 / params["C"]} if "C" in params else {}
        shared = {name: params[name] for name in ("tol", "fit_intercept") if name in params}
        return Ridge(**strength, **shared)

    def without_thread_count(self, model: Any) -> None:
        """Leave the number of jobs to whoever loads the model."""
        if hasattr(model, "n_jobs"):
            model.n_jobs = None

    def predict_prepared(self, model: Any, prepared: Any, task: str) -> "np.ndarray":
        """Predict by sparse products, which add in one order whatever rows come together."""
        scores = linear_scores(model, prepared)
        if task == "regression":
            return scores[:, 0]
        values = probabilities(scores)
        return values[:, 1] if task == "binary" else values
