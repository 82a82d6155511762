"""The model kinds: an explicit table, so that a config cannot run code. Libraries load when called."""

from collections.abc import Callable
from typing import Any

from pipeline.config.schema import Config
from pipeline.models.rows import Rows

# Given step, train loss and valid loss; false stops a training that can be stopped.
Log = Callable[[int, float, float], bool | None]

KINDS = {
    "catboost": "catboost",
    "hist_gradient_boosting": "scikit",
    "random_forest": "scikit",
    "linear": "scikit",
    "dummy": "scikit",
}


def fit(
    config: Config,
    train: Rows,
    valid: Rows,
    snapshot: str,
    log: Log,
) -> tuple[Any, int]:
    """Fit on train, stopping early on valid.

    Calls log(step, train loss, valid loss) for each step, while it trains where the library allows.
    Returns the fitted model and the best iteration, 0 for a kind without steps.
    """
    if KINDS[config.model.kind] == "catboost":
        from pipeline.models import catboost

        return catboost.fit(config, train, valid, snapshot, log)
    from pipeline.models import scikit

    return scikit.fit(config, train, valid, log)
