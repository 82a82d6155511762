"""The composed configuration, read from params.yaml into its typed dataclasses."""

from pathlib import Path
from typing import Any, cast

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from pipeline.check import check
from pipeline.errors import ConfigError
from pipeline.schema import Config


def typed(composed: Any) -> Config:
    """Merge onto the schema and check. Raises ConfigError that names the key and what is allowed."""
    try:
        config = cast(Config, OmegaConf.to_object(OmegaConf.merge(Config, composed)))
    except OmegaConfBaseException as error:
        where = f"{error.full_key}: " if error.full_key else ""
        raise ConfigError(where + str(error).splitlines()[0]) from error
    check(config)
    return config


def load(path: Path = Path("params.yaml")) -> Config:
    """The configuration in force. Raises ConfigError if it is absent or not allowed."""
    if not path.exists():
        raise ConfigError(f"{path} is not there; run `dvc repro compose`")
    return typed(OmegaConf.load(path))
