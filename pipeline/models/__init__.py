"""The model kinds: an explicit table, so that a config cannot run code. Libraries load when called."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from pipeline.config.schema import Config
from pipeline.models.rows import Rows
from pipeline.stage.errors import ConfigError

# Given step, train loss and valid loss; false stops a training that can be stopped.
Log = Callable[[int, float, float], bool | None]

KINDS = {
    "catboost": "catboost",
    "hist_gradient_boosting": "scikit",
    "random_forest": "scikit",
    "linear": "scikit",
    "dummy": "scikit",
    "xgboost": "xgb",
}
# Kinds whose package is an extra of pyproject.toml, both of this name.
EXTRAS = {"xgboost": "xgboost"}
# What the kinds call their number of steps, where they have steps.
STEPS = ("iterations", "max_iter", "num_boost_round")


def installed(kind: str) -> bool:
    """Whether the package that a kind needs is there."""
    return kind not in EXTRAS or find_spec(EXTRAS[kind]) is not None


def must_be_installed(kind: str) -> None:
    """Raises ConfigError that names the extra which a kind needs and which is not there."""
    if not installed(kind):
        raise ConfigError(
            f"model.kind is {kind!r}, which needs the package {EXTRAS[kind]}; install the extra "
            f"{EXTRAS[kind]} of pyproject.toml, or choose another model"
        )


def fit(
    config: Config,
    train: Rows,
    valid: Rows,
    snapshot: str,
    log: Log,
) -> tuple[Any, int]:
    """Fit on train, stopping early on valid.

    Calls log(step, train loss, valid loss) for each step, while it trains where the library allows.
    Returns the fitted model and the best iteration, 0 for a kind without steps. Raises ConfigError where
    the kind's library is not installed, or refuses a parameter.
    """
    must_be_installed(config.model.kind)
    if KINDS[config.model.kind] == "catboost":
        from pipeline.models import catboost

        return catboost.fit(config, train, valid, snapshot, log)
    if KINDS[config.model.kind] == "xgb":
        from pipeline.models import xgb

        return xgb.fit(config, train, valid, log)
    from pipeline.models import scikit

    return scikit.fit(config, train, valid, log)
