"""A random forest."""

from typing import Any, ClassVar

from lockstep.core.schema import Config
from lockstep.models.parameters import Choice, Number, count
from lockstep.models.scikit import (
    CATEGORY_CODES,
    IMPUTER,
    TREE_TYPES,
    ScikitKind,
    category_codes,
    median_imputer,
)


class RandomForest(ScikitKind):
    """A forest of trees that are grown apart from each other, on imputed numbers and coded categories."""

    name = "random_forest"
    estimators: ClassVar[tuple[str, str]] = ("RandomForestClassifier", "RandomForestRegressor")
    parameters: ClassVar = {
        "n_estimators": count(1, 100_000),
        "max_depth": count(1, 1000, none=True),
        "min_samples_split": count(2, 1_000_000_000),
        "min_samples_leaf": count(1, 1_000_000_000),
        "max_leaf_nodes": count(2, 1_000_000_000, none=True),
        "max_features": Number(0.001, 1),
        "max_samples": Number(0.001, 1, none=True),
        "min_impurity_decrease": Number(0, 1e9),
        "ccp_alpha": Number(0, 1e9),
        "bootstrap": Choice((True, False)),
    }
    search_space: ClassVar = {
        "max_depth": {"low": 6, "high": 24},
        "min_samples_leaf": {"low": 1, "high": 100, "log": True},
        "max_features": {"low": 0.1, "high": 1},
    }
    trusted_types = TREE_TYPES  # for a kind that is derived from it
    built_estimators = (
        "sklearn.ensemble._forest.RandomForestClassifier",
        "sklearn.ensemble._forest.RandomForestRegressor",
    )
    built_types = (
        IMPUTER,
        CATEGORY_CODES,
        "sklearn.tree._classes.DecisionTreeClassifier",
        "sklearn.tree._classes.DecisionTreeRegressor",
        *TREE_TYPES,
    )

    def preparation(self, config: Config) -> list[tuple[str, Any, list[str]]]:
        """Impute numbers, code categories."""
        return [
            ("numeric", median_imputer(), config.dataset.numeric),
            ("categorical", category_codes(), config.dataset.categorical),
        ]

    def estimator(self, config: Config) -> Any:
        """Return the forest of the task."""
        from sklearn import ensemble

        classifier, regressor = self.estimators
        forest = getattr(ensemble, regressor if config.dataset.task == "regression" else classifier)
        return forest(**config.model.params, random_state=config.seed, n_jobs=config.engine.threads)

    def without_thread_count(self, model: Any) -> None:
        """Predict with one job: several would add the trees in another order."""
        model.n_jobs = 1
