"""The recipe of the data set in force: user code, found by its name in recipes/, its errors named."""

import importlib
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.stage.errors import ConfigError, DataError, LockstepError

if TYPE_CHECKING:
    import pandas as pd


def failed(name: str, function: str, error: Exception, what: str) -> LockstepError:
    """The one line about an error in a recipe: which file and line, on which data."""
    if isinstance(error, LockstepError):
        return error
    here = [
        step
        for step in traceback.extract_tb(error.__traceback__)
        if Path(step.filename).parent.name == "recipes"
    ]
    line = f", line {here[-1].lineno}" if here else ""
    kind = "" if isinstance(error, ValueError | OSError) else f"{type(error).__name__}: "
    return DataError(f"{what}: {kind}{error} (recipes/{name}.py, {function}(){line})")


def load(name: str, raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """Partitions (name, rows) that the recipe's load() makes of the raw folder, one at a time.

    Raises ConfigError if there is no such recipe, DataError that names the line of an error in it.
    """
    import pandas as pd

    rows: Iterator[Any] | None = None
    while True:
        try:
            rows = iter(module(name).load(raw)) if rows is None else rows
            part = next(rows, None)
        except Exception as error:
            raise failed(name, "load", error, str(raw)) from error
        if part is None:
            return
        if not (isinstance(part, tuple) and len(part) == 2 and isinstance(part[1], pd.DataFrame)):
            raise DataError(f"{raw}: load() of recipes/{name}.py must give (name, DataFrame) pairs")
        yield part


def apply(name: str, function: str, frame: "pd.DataFrame", source: Path) -> "pd.DataFrame":
    """The recipe's clean() or featurize() of one partition, which keeps its rows and their order.

    Raises DataError that names the line of an error in it.
    """
    try:
        found: pd.DataFrame = getattr(module(name), function)(frame)
    except Exception as error:
        raise failed(name, function, error, str(source)) from error
    if not hasattr(found, "columns"):
        raise DataError(
            f"{source}: {function}() of recipes/{name}.py returned {type(found).__name__}, "
            "expected a DataFrame; does it end with `return frame`?"
        )
    if len(found) != len(frame):
        raise DataError(
            f"{source}: {function}() of recipes/{name}.py made {len(found)} rows of {len(frame)}; "
            "it is row-wise: drop rows in load(), or by a check of severity quarantine"
        )
    return found


def module(name: str) -> Any:
    """The module recipes/NAME.py."""
    try:
        return importlib.import_module(f"recipes.{name}")
    except ModuleNotFoundError as error:
        if error.name not in ("recipes", f"recipes.{name}"):
            raise failed(name, "import", error, "recipes") from error
        raise ConfigError(f"dataset.recipe is {name!r}; recipes/ has no such file") from error
    except SyntaxError as error:
        raise ConfigError(f"recipes/{name}.py, line {error.lineno}: {error.msg}") from error
    except Exception as error:
        raise failed(name, "import", error, "recipes") from error
