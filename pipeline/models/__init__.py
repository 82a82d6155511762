"""The model kinds: an explicit table, so that a config cannot run code. Libraries load when called."""

from typing import TYPE_CHECKING, Any

from pipeline.schema import Config

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

KINDS = {
    "catboost": "catboost",
    "hist_gradient_boosting": "scikit",
    "random_forest": "scikit",
    "linear": "scikit",
    "dummy": "scikit",
}


def fit(
    config: Config,
    train: tuple["pd.DataFrame", "np.ndarray", "np.ndarray"],
    valid: tuple["pd.DataFrame", "np.ndarray"],
    snapshot: str,
) -> tuple[Any, list[dict[str, float]], int]:
    """Fit on (features, target, weights), stopping early on valid.

    Returns the fitted model, the learning curve (step, train and valid loss) and the best iteration.
    """
    if KINDS[config.model.kind] == "catboost":
        from pipeline.models import catboost

        return catboost.fit(config, train, valid, snapshot)
    from pipeline.models import scikit

    return scikit.fit(config, train, valid)
