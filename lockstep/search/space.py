"""The search space: settings read and checked, parameters as Optuna's distributions, and as a Config."""

import dataclasses
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from omegaconf import OmegaConf

from lockstep.core.config import merge_onto
from lockstep.core.config_checks import CLASS_WEIGHTS, between, check, one_of, refuse
from lockstep.core.errors import ConfigError
from lockstep.core.metric_names import metric_names
from lockstep.core.own_metrics import is_lower_better
from lockstep.core.schema import Config
from lockstep.models.kinds import check_model, model_kind
from lockstep.models.parameters import Choice, Number, Rule, describe, is_allowed
from lockstep.search.settings import DIRECTIONS, PRUNERS, SAMPLERS, Dimension, Search

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

# What else of the group `model` may be searched.
MODEL_PARAMETERS: dict[str, Rule] = {
    "early_stopping_rounds": Number(0, 10**6, whole=True),
    "class_weights": Choice(CLASS_WEIGHTS),
}


def parameter_rule(kind: str, name: str) -> Rule | None:
    """Return what a parameter of a model kind may be; None if it may not be searched."""
    return model_kind(kind).parameters.get(name) or MODEL_PARAMETERS.get(name)


def is_whole(kind: str, name: str) -> bool:
    """Return whether a numeric parameter is a whole number."""
    return cast(Number, parameter_rule(kind, name)).whole


def check_dimension(kind: str, name: str, dimension: Dimension) -> None:
    """Refuse a dimension that contradicts itself or holds a value that its parameter may not have.

    Parameters
    ----------
    kind : str
        Of the model.
    name : str
        Of the parameter.
    dimension : Dimension

    Raises
    ------
    ConfigError
        That names the key and what is allowed.
    """
    key, rule = f"search.space.{name}", parameter_rule(kind, name)
    if rule is None:
        names = ", ".join([*model_kind(kind).parameters, *MODEL_PARAMETERS])
        refuse(key, dataclasses.asdict(dimension), f"for {kind}, {names}")
    if dimension.choices is not None:
        check_choices(key, dimension)
        values = [("choices", value) for value in dimension.choices]
    else:
        check_range(key, dimension, rule)
        values = [("low", dimension.low), ("high", dimension.high)]
    if dimension.first is not None:
        values.append(("first", dimension.first))
    for part, value in values:
        if not is_allowed(rule, value):
            refuse(f"{key}.{part}", value, describe(rule))


def check_choices(key: str, dimension: Dimension) -> None:
    """Refuse choices beside a range, or none."""
    if (dimension.low, dimension.high, dimension.step, dimension.log) != (None, None, None, False):
        refuse(key, "both", "choices, or low and high")
    if not dimension.choices:
        refuse(f"{key}.choices", dimension.choices, "at least one value")


def check_range(key: str, dimension: Dimension, rule: Rule) -> None:
    """Refuse a range that is not whole, empty, or whose scale or step cannot be.

    Parameters
    ----------
    key : str
        For messages.
    dimension : Dimension
    rule : Rule
        What the parameter may be.
    """
    low, high, step = dimension.low, dimension.high, dimension.step
    if isinstance(rule, Choice):
        refuse(f"{key}.choices", None, f"a list of {describe(rule)}")
    if low is None or high is None:
        refuse(key, f"low {low}, high {high}", "both, or choices")
    if low > high:
        refuse(f"{key}.low", low, f"at most its high, {high:g}")
    if dimension.log and low <= 0:
        refuse(f"{key}.low", low, "above 0, because log is true")
    if step is not None and (step <= 0 or dimension.log):
        refuse(f"{key}.step", step, "above 0, and only where log is false")
    if step is not None and rule.whole and not float(step).is_integer():
        refuse(f"{key}.step", step, "a whole number")


def grid_values(kind: str, name: str, dimension: Dimension) -> list[Any]:
    """Return every value of a dimension.

    Parameters
    ----------
    kind : str
        Of the model.
    name : str
        Of the parameter.
    dimension : Dimension

    Returns
    -------
    list of Any

    Raises
    ------
    ConfigError
        Where their number is not limited.
    """
    if dimension.choices is not None:
        return list(dimension.choices)
    low, high = dimension.low, dimension.high
    whole = is_whole(kind, name)
    step = dimension.step or (1.0 if whole else None)
    if step is None or low is None or high is None:
        refuse(f"search.space.{name}.step", None, "a step or choices, because the sampler is grid")
    values = [low + step * n for n in range(math.floor((high - low) / step + 1e-9) + 1)]
    return [int(value) for value in values] if whole else values


def read_settings(kind: str, name: str, overrides: list[str], root: Path) -> Search:
    """Return conf/search/NAME.yaml with overrides, unchecked; its space is the kind's own if it has none.

    Parameters
    ----------
    kind : str
        Of the model.
    name : str
        Of the file in conf/search/.
    overrides : list of str
        Such as trials=5.
    root : Path

    Returns
    -------
    Search
    """
    path = root / "conf/search" / f"{name}.yaml"
    if not path.exists():
        names = ", ".join(sorted(file.stem for file in path.parent.glob("*.yaml")))
        raise ConfigError(f"search is {name!r}; allowed: {names} (the files of conf/search/)")
    settings_file = OmegaConf.load(path)
    if not OmegaConf.select(settings_file, "space"):
        space = model_kind(kind).search_space
        settings_file.space = {key: dict(values) for key, values in space.items()}
    settings = OmegaConf.merge(settings_file, OmegaConf.from_dotlist(overrides))
    return cast(Search, merge_onto(Search, settings, "search."))


def load_settings(config: Config, name: str, overrides: list[str], root: Path) -> Search:
    """Return the settings of a search, checked, with metric and direction filled in.

    Parameters
    ----------
    config : Config
    name : str
        Of a file of conf/search/.
    overrides : list of str
        Such as trials=5.
    root : Path

    Returns
    -------
    Search

    Raises
    ------
    ConfigError
        That names the key and what is allowed.
    """
    kind = config.model.kind
    search = read_settings(kind, name, overrides, root)
    metrics = metric_names(config.dataset.task, config.dataset.metrics)
    one_of("search.sampler", search.sampler, SAMPLERS)
    one_of("search.pruner", search.pruner, PRUNERS)
    between("search.trials", search.trials, 1, 10**6)
    if search.minutes is not None:
        between("search.minutes", search.minutes, 0.01, 10**6)
    search.metric = search.metric or metrics[0]
    one_of("search.metric", search.metric, metrics)
    lower_is_better = is_lower_better(search.metric)
    search.direction = search.direction or ("minimize" if lower_is_better else "maximize")
    one_of("search.direction", search.direction, DIRECTIONS)
    if not search.space:
        refuse("search.space", {}, f"at least one of {', '.join(model_kind(kind).parameters)}")
    for key, dimension in search.space.items():
        check_dimension(kind, key, dimension)
        if search.sampler == "grid":
            grid_values(kind, key, dimension)
    return search


def distributions(kind: str, space: dict[str, Dimension]) -> "dict[str, BaseDistribution]":
    """Return the space in Optuna's terms; whole numbers where the parameter is whole."""
    return {name: distribution(kind, name, dimension) for name, dimension in space.items()}


def distribution(kind: str, name: str, dimension: Dimension) -> "BaseDistribution":
    """Return one dimension in Optuna's terms.

    Parameters
    ----------
    kind : str
        Of the model.
    name : str
        Of the parameter.
    dimension : Dimension

    Returns
    -------
    BaseDistribution
    """
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    low, high, log, step = dimension.low, dimension.high, dimension.log, dimension.step
    if dimension.choices is not None or low is None or high is None:
        return CategoricalDistribution(dimension.choices or [])
    if is_whole(kind, name):
        return IntDistribution(int(low), int(high), log=log, step=int(step or 1))
    return FloatDistribution(low, high, log=log, step=step)


def contains(dimension: Dimension, value: Any) -> bool:
    """Return whether a value lies in a dimension."""
    if dimension.choices is not None:
        return value in dimension.choices
    is_number = isinstance(value, int | float)
    return is_number and (dimension.low or 0) <= value <= (dimension.high or 0)


def first_params(config: Config, space: dict[str, Dimension]) -> dict[str, Any]:
    """Return the parameters of the first trial: the configuration's values where they are in the space."""
    params = {}
    for name, dimension in space.items():
        configured = (
            getattr(config.model, name)
            if name in MODEL_PARAMETERS
            else config.model.params.get(name)
        )
        value = dimension.first if configured is None else configured
        if value is not None and contains(dimension, value):
            # YAML's 1 is whole, and scikit-learn takes max_features=1 for one column, 1.0 for all.
            is_real = dimension.choices is None and not is_whole(config.model.kind, name)
            params[name] = float(value) if is_real else value
    return params


def apply_params(config: Config, params: dict[str, Any]) -> Config:
    """Return the configuration with a trial's parameters. Raises ConfigError for a value not allowed."""
    outer = {name: value for name, value in params.items() if name in MODEL_PARAMETERS}
    inner = {name: value for name, value in params.items() if name not in MODEL_PARAMETERS}
    model = dataclasses.replace(config.model, params={**config.model.params, **inner}, **outer)
    changed = dataclasses.replace(config, model=model)
    check(changed)
    check_model(changed)
    return changed


def override_params(params: dict[str, Any]) -> list[str]:
    """Return a trial's parameters as Hydra's overrides, for `dvc exp run -S`."""
    return [
        f"model.{name}={value}" if name in MODEL_PARAMETERS else f"++model.params.{name}={value}"
        for name, value in params.items()
    ]
