"""The composed configuration, read from params.yaml into its typed dataclasses."""

import dataclasses
from pathlib import Path
from typing import Any, cast

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from lockstep.core.config_checks import check
from lockstep.core.errors import ConfigError
from lockstep.core.schema import Column, Config

MEND = "git checkout HEAD params.yaml"


def merged(schema: Any, values: Any, prefix: str = "") -> Any:
    """The dataclass with what is given. Raises ConfigError that names the key."""
    try:
        return OmegaConf.to_object(OmegaConf.merge(schema, values))
    except OmegaConfBaseException as error:
        key = prefix + (error.full_key or "")
        raise ConfigError(f"{key}: " * bool(key) + str(error).splitlines()[0]) from error


def typed(composed: Any) -> Config:
    """Merge onto the schema and check. Raises ConfigError that names the key and what is allowed."""
    config = cast(Config, merged(Config, composed))
    checks = config.dataset.checks
    alike: dict[str, Column] = {}  # merged once: it takes a millisecond, and a table may be wide
    for name, values in checks.columns.items():
        key = f"dataset.checks.columns.{name}"
        if not isinstance(values, dict):
            raise ConfigError(f"{key} is {values!r}; allowed: keys and values, such as type: str")
        spelling = repr(values)
        if spelling not in alike:
            alike[spelling] = merged(Column, values, f"{key}.")
        checks.columns[name] = dataclasses.replace(alike[spelling])
    check(config)
    return config


def load(path: Path = Path("params.yaml")) -> Config:
    """The configuration in force. Raises ConfigError if it is absent or not allowed."""
    if not path.exists():
        raise ConfigError(f"{path} is not there; run `dvc repro compose`")
    try:
        composed = OmegaConf.load(path)
    except (YAMLError, UnicodeDecodeError, OSError) as error:  # OSError: neither keys nor a list
        reason = " ".join(str(error).split())
        raise ConfigError(f"{path} cannot be read ({reason}); run `{MEND}`") from error
    if not isinstance(composed, DictConfig) or not composed:
        raise ConfigError(f"{path} holds no keys; run `{MEND}`")
    return typed(composed)


def result_parameters(config: Config) -> dict[str, Any]:
    """Return every parameter that can change a result; how to compute (the group engine) cannot."""
    groups = ("dataset", "split", "model", "gate")
    parameters = {name: dataclasses.asdict(getattr(config, name)) for name in groups}
    return {**parameters, "seed": config.seed}
