"""The table of model kinds: explicit, so that a configuration cannot run code."""

from typing import Any

from lockstep.core.config_checks import between, one_of, refuse
from lockstep.core.errors import ConfigError
from lockstep.core.schema import DEVICES, Config
from lockstep.models.base import Log, ModelKind
from lockstep.models.catboost import CatBoost
from lockstep.models.dummy import Dummy
from lockstep.models.extra_trees import ExtraTrees
from lockstep.models.hist_gradient_boosting import HistGradientBoosting
from lockstep.models.lightgbm import LightGBM
from lockstep.models.linear import Linear
from lockstep.models.parameters import refusal
from lockstep.models.random_forest import RandomForest
from lockstep.models.rows import Rows
from lockstep.models.xgboost import XGBoost

KINDS: dict[str, ModelKind] = {
    kind.name: kind
    for kind in (
        CatBoost(),
        HistGradientBoosting(),
        RandomForest(),
        ExtraTrees(),
        Linear(),
        Dummy(),
        XGBoost(),
        LightGBM(),
    )
}


def model_kind(name: str) -> ModelKind:
    """Return the kind of this name. Raises ConfigError that lists the kinds there are."""
    if name not in KINDS:
        raise ConfigError(f"model.kind is {name!r}; allowed: {', '.join(KINDS)}")
    return KINDS[name]


def fit(config: Config, train: Rows, valid: Rows, snapshot: str, log: Log) -> tuple[Any, int]:
    """Fit the configuration's kind, as ModelKind.fit does.

    Raises ConfigError where its library is not installed, or refuses a parameter.
    """
    kind = model_kind(config.model.kind)
    kind.require_installed()
    return kind.fit(config, train, valid, snapshot, log)


def check_model(config: Config) -> None:
    """Raise ConfigError for the first value of the group `model` that its kind does not allow."""
    model = config.model
    one_of("model.kind", model.kind, tuple(KINDS))
    kind = KINDS[model.kind]
    one_of("dataset.task", config.dataset.task, kind.tasks)
    problem = refusal(kind.name, kind.parameters, kind.required, model.params)
    if problem:
        refuse(*problem)
    one_of("model.device", model.device, DEVICES if kind.supports_gpu else DEVICES[:1])
    check_workers(config, kind)


def check_workers(config: Config, kind: ModelKind) -> None:
    """Refuse a training by workers of a cluster that its kind, device or engine cannot do."""
    model = config.model
    between("model.workers", model.workers, 0, 1024)
    if not model.workers:
        return
    for key, value, is_able in (
        ("model.kind", model.kind, kind.supports_cluster),
        ("model.device", model.device, model.device == "cpu"),
        ("engine.kind", config.engine.kind, config.engine.kind == "dask"),
    ):
        if not is_able:
            refuse("model.workers", model.workers, f"0, because {key} is {value}")
