"""The recipe of the data set in force: user code, found by its name in recipes/."""

import importlib
from types import ModuleType

from pipeline.errors import ConfigError


def recipe(name: str) -> ModuleType:
    """The module recipes/NAME.py. Raises ConfigError if there is none."""
    try:
        return importlib.import_module(f"recipes.{name}")
    except ModuleNotFoundError as error:
        raise ConfigError(f"dataset.recipe is {name!r}; recipes/ has no such file") from error
