"""The composed configuration, read from params.yaml into its typed dataclasses."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from lockstep.core.config_checks import check
from lockstep.core.errors import ConfigError
from lockstep.core.schema import Column, Config

MARKER = "${"  # OmegaConf's, of a value that is filled in from elsewhere
REMEDY = "git checkout HEAD params.yaml"


def refuse_interpolations(values: Any, key: str = "") -> None:
    """Raise ConfigError that names the key of a text with ${, which OmegaConf would fill in.

    Parameters
    ----------
    values : Any
        Nested mappings and lists, not resolved.
    key : str
        Where they stand, with dots.
    """
    if isinstance(values, str) and MARKER in values:
        raise ConfigError(f"{key} is {values!r}; allowed: a value without {MARKER}")
    if isinstance(values, Mapping):
        for name, value in values.items():
            refuse_interpolations(value, f"{key}.{name}" if key else str(name))
    elif isinstance(values, list | tuple):
        for number, value in enumerate(values):
            refuse_interpolations(value, f"{key}.{number}")


def merge_onto(schema: Any, values: Any, prefix: str = "") -> Any:
    """Return the dataclass with these values.

    Parameters
    ----------
    schema : type
        The dataclass.
    values : mapping
        What replaces its defaults.
    prefix : str
        Put before a key in a message.

    Raises
    ------
    ConfigError
        For a value that does not fit, or that is to be filled in; it names the key.
    """
    plain = OmegaConf.to_container(values) if OmegaConf.is_config(values) else values
    refuse_interpolations(plain, prefix.rstrip("."))
    try:
        return OmegaConf.to_object(OmegaConf.merge(schema, values))
    except OmegaConfBaseException as error:
        key = prefix + (error.full_key or "")
        raise ConfigError(f"{key}: " * bool(key) + str(error).splitlines()[0]) from error


def parse_config(composed: Any) -> Config:
    """Merge onto the schema and check. Raises ConfigError that names the key and the allowed values."""
    config = cast(Config, merge_onto(Config, composed))
    checks = config.dataset.checks
    merged_columns: dict[str, Column] = {}  # a merge takes a millisecond
    for name, values in checks.columns.items():
        key = f"dataset.checks.columns.{name}"
        if not isinstance(values, dict):
            raise ConfigError(f"{key} is {values!r}; allowed: keys and values, such as type: str")
        spelling = repr(values)
        if spelling not in merged_columns:
            merged_columns[spelling] = merge_onto(Column, values, f"{key}.")
        checks.columns[name] = dataclasses.replace(merged_columns[spelling])
    check(config)
    return config


def load_config(path: Path = Path("params.yaml")) -> Config:
    """Return the configuration of params.yaml. Raises ConfigError if it is absent or not allowed."""
    if not path.exists():
        raise ConfigError(f"{path} is not there; run `dvc repro compose`")
    try:
        composed = OmegaConf.load(path)
    except (YAMLError, UnicodeDecodeError, OSError) as error:  # OSError: neither keys nor a list
        reason = " ".join(str(error).split())
        raise ConfigError(f"{path} cannot be read ({reason}); run `{REMEDY}`") from error
    if not isinstance(composed, DictConfig) or not composed:
        raise ConfigError(f"{path} holds no keys; run `{REMEDY}`")
    return parse_config(composed)


def result_parameters(config: Config) -> dict[str, Any]:
    """Return every parameter that can change a result; how to compute (the group engine) cannot."""
    groups = ("dataset", "split", "model", "gate")
    parameters = {name: dataclasses.asdict(getattr(config, name)) for name in groups}
    return {**parameters, "seed": config.seed}
