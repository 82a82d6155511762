"""The dummy: the training share of each class, or the mean."""

from typing import Any, ClassVar

from lockstep.core.schema import Config
from lockstep.models.scikit import UNCHANGED, ScikitKind


class Dummy(ScikitKind):
    """A model that looks at no column: every gate must refuse it."""

    name = "dummy"
    parameters: ClassVar = {}
    built_estimators = (
        "sklearn.dummy.DummyClassifier",
        "sklearn.dummy.DummyRegressor",
    )
    built_types = (UNCHANGED,)

    def preparation(self, config: Config) -> list[tuple[str, Any, list[str]]]:
        """Pass the numbers on, which the model does not look at."""
        return [("numeric", "passthrough", config.dataset.numeric)]

    def estimator(self, config: Config) -> Any:
        """Return scikit-learn's dummy of the task."""
        from sklearn.dummy import DummyClassifier, DummyRegressor

        if config.dataset.task == "regression":
            return DummyRegressor()
        return DummyClassifier(strategy="prior")
