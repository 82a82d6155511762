"""The search space: settings read and checked, parameters as Optuna's distributions, and as a Config."""

import dataclasses
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from omegaconf import OmegaConf

from lockstep.core.config import merged
from lockstep.core.config_checks import CLASS_WEIGHTS, between, check, one_of, refuse
from lockstep.core.errors import ConfigError
from lockstep.core.metric_names import LOWER_IS_BETTER, METRICS
from lockstep.core.schema import Config
from lockstep.models.kinds import check_model, model_kind
from lockstep.models.parameters import Choice, Number, Rule, describe, is_allowed
from lockstep.search.settings import DIRECTIONS, PRUNERS, SAMPLERS, Dimension, Search

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution

# What else of the group `model` may be searched.
BESIDE: dict[str, Rule] = {
    "early_stopping_rounds": Number(0, 10**6, whole=True),
    "class_weights": Choice(CLASS_WEIGHTS),
}


def rule_of(kind: str, name: str) -> Rule | None:
    """What a parameter of a model kind may be; None if it may not be searched."""
    return model_kind(kind).parameters.get(name) or BESIDE.get(name)


def check_dimension(kind: str, name: str, one: Dimension) -> None:
    """Refuse a dimension that contradicts itself or holds a value that its parameter may not have."""
    key, rule = f"search.space.{name}", rule_of(kind, name)
    if rule is None:
        refuse(
            key,
            dataclasses.asdict(one),
            f"for {kind}, {', '.join([*model_kind(kind).parameters, *BESIDE])}",
        )
    if one.choices is not None:
        if (one.low, one.high, one.step, one.log) != (None, None, None, False):
            refuse(key, "both", "choices, or low and high")
        if not one.choices:
            refuse(f"{key}.choices", one.choices, "at least one value")
        values = [("choices", value) for value in one.choices]
    else:
        if isinstance(rule, Choice):
            refuse(f"{key}.choices", None, f"a list of {describe(rule)}")
        if one.low is None or one.high is None:
            refuse(key, f"low {one.low}, high {one.high}", "both, or choices")
        if one.low > one.high:
            refuse(f"{key}.low", one.low, f"at most its high, {one.high:g}")
        if one.log and one.low <= 0:
            refuse(f"{key}.low", one.low, "above 0, because log is true")
        if one.step is not None and (one.step <= 0 or one.log):
            refuse(f"{key}.step", one.step, "above 0, and only where log is false")
        if one.step is not None and rule.whole and not float(one.step).is_integer():
            refuse(f"{key}.step", one.step, "a whole number")
        values = [("low", one.low), ("high", one.high)]
    if one.first is not None:
        values.append(("first", one.first))
    for part, value in values:
        if not is_allowed(rule, value):
            refuse(f"{key}.{part}", value, describe(rule))


def grid(kind: str, name: str, one: Dimension) -> list[Any]:
    """Every value of a dimension. Raises ConfigError where there is no end of them."""
    if one.choices is not None:
        return list(one.choices)
    whole = cast(Number, rule_of(kind, name)).whole
    step = one.step or (1.0 if whole else None)
    if step is None or one.low is None or one.high is None:
        refuse(f"search.space.{name}.step", None, "a step or choices, because the sampler is grid")
    values = [one.low + step * n for n in range(math.floor((one.high - one.low) / step + 1e-9) + 1)]
    return [int(value) for value in values] if whole else values


def settings(config: Config, name: str, overrides: list[str], root: Path) -> Search:
    """conf/search/NAME.yaml with overrides such as trials=5, checked, metric and direction filled in.

    Raises ConfigError that names the key and what is allowed.
    """
    kind = model_kind(config.model.kind)
    path = root / "conf/search" / f"{name}.yaml"
    if not path.exists():
        there = ", ".join(sorted(one.stem for one in path.parent.glob("*.yaml")))
        raise ConfigError(f"search is {name!r}; allowed: {there} (the files of conf/search/)")
    settings_file = OmegaConf.load(path)
    if not OmegaConf.select(settings_file, "space"):
        settings_file.space = {key: dict(values) for key, values in kind.search_space.items()}
    given = OmegaConf.merge(settings_file, OmegaConf.from_dotlist(overrides))
    found = cast(Search, merged(Search, given, "search."))
    task = config.dataset.task
    one_of("search.sampler", found.sampler, SAMPLERS)
    one_of("search.pruner", found.pruner, PRUNERS)
    between("search.trials", found.trials, 1, 10**6)
    if found.minutes is not None:
        between("search.minutes", found.minutes, 0.01, 10**6)
    found.metric = found.metric or METRICS[task][0]
    one_of("search.metric", found.metric, METRICS[task])
    found.direction = found.direction or (
        "minimize" if found.metric in LOWER_IS_BETTER else "maximize"
    )
    one_of("search.direction", found.direction, DIRECTIONS)
    if not found.space:
        refuse("search.space", {}, f"at least one of {', '.join(kind.parameters)}")
    for key, one in found.space.items():
        check_dimension(config.model.kind, key, one)
        if found.sampler == "grid":
            grid(config.model.kind, key, one)
    return found


def distributions(kind: str, space: dict[str, Dimension]) -> "dict[str, BaseDistribution]":
    """The space in Optuna's terms; whole where the parameter is."""
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    found: dict[str, BaseDistribution] = {}
    for name, one in space.items():
        if one.choices is not None or one.low is None or one.high is None:
            found[name] = CategoricalDistribution(one.choices or [])
        elif cast(Number, rule_of(kind, name)).whole:
            found[name] = IntDistribution(
                int(one.low), int(one.high), log=one.log, step=int(one.step or 1)
            )
        else:
            found[name] = FloatDistribution(one.low, one.high, log=one.log, step=one.step)
    return found


def first(config: Config, space: dict[str, Dimension]) -> dict[str, Any]:
    """What the first trial takes: the configuration's values, so that a search starts from them."""
    found = {}
    for name, one in space.items():
        value = getattr(config.model, name) if name in BESIDE else config.model.params.get(name)
        value = one.first if value is None else value
        inside = (
            value in one.choices
            if one.choices is not None
            else isinstance(value, int | float) and (one.low or 0) <= value <= (one.high or 0)
        )
        if value is not None and inside:
            # YAML's 1 is whole, and scikit-learn takes max_features=1 for one column, 1.0 for all.
            real = one.choices is None and not cast(Number, rule_of(config.model.kind, name)).whole
            found[name] = float(value) if real else value
    return found


def applied(config: Config, params: dict[str, Any]) -> Config:
    """The configuration with a trial's parameters. Raises ConfigError for a value not allowed."""
    beside = {name: value for name, value in params.items() if name in BESIDE}
    inner = {name: value for name, value in params.items() if name not in BESIDE}
    model = dataclasses.replace(config.model, params={**config.model.params, **inner}, **beside)
    found = dataclasses.replace(config, model=model)
    check(found)
    check_model(found)
    return found


def overrides(params: dict[str, Any]) -> list[str]:
    """A trial's parameters as Hydra's overrides, for `dvc exp run -S`."""
    return [
        f"model.{name}={value}" if name in BESIDE else f"++model.params.{name}={value}"
        for name, value in params.items()
    ]
