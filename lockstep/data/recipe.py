"""The recipe of the data set in force: user code, found by its name in recipes/, its errors named."""

import ast
import importlib
import importlib.util
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import ConfigError, DataError, LockstepError

if TYPE_CHECKING:
    import pandas as pd


def failed(file: Path, function: str, error: Exception, what: str) -> LockstepError:
    """The one line about an error in a recipe's file: which function and line, on which data."""
    if isinstance(error, LockstepError):
        return error
    frames = [
        step
        for step in traceback.extract_tb(error.__traceback__)
        if Path(step.filename).parent.resolve() == file.parent.resolve()
    ]
    line = f", line {frames[-1].lineno}" if frames else ""
    kind = "" if isinstance(error, ValueError | OSError) else f"{type(error).__name__}: "
    return DataError(f"{what}: {kind}{error} ({file.as_posix()}, {function}(){line})")


def load(name: str, raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """Partitions (name, rows) that the recipe's load() makes of the raw folder, one at a time.

    Raises ConfigError if there is no such recipe, DataError that names the line of an error in it.
    """
    yield from loaded(module(name), path(name), raw)


def loaded(code: Any, file: Path, raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """What load() of a recipe's module, from this file, makes of the raw folder."""
    import pandas as pd

    rows: Iterator[Any] | None = None
    while True:
        try:
            rows = iter(code.load(raw)) if rows is None else rows
            part = next(rows, None)
        except Exception as error:
            raise failed(file, "load", error, str(raw)) from error
        if part is None:
            return
        if not (isinstance(part, tuple) and len(part) == 2 and isinstance(part[1], pd.DataFrame)):
            raise DataError(f"{raw}: load() of {file.as_posix()} must give (name, DataFrame) pairs")
        yield part


def parts(name: str, raw: Path) -> dict[str, list[Path]] | None:
    """By partition the raw files that it is made of, as the recipe's parts() says; None if it has none.

    Raises DataError that names the line of an error in it.
    """
    code = module(name)
    if not hasattr(code, "parts"):
        return None
    try:
        result = {
            str(part): [Path(file) for file in files] for part, files in code.parts(raw).items()
        }
    except Exception as error:
        raise failed(path(name), "parts", error, str(raw)) from error
    if not hasattr(code, "part"):
        raise DataError(f"{path(name).as_posix()} has parts() and no part(); load() needs neither")
    return result


def part(name: str, files: list[Path], source: str) -> "pd.DataFrame":
    """What the recipe's part() makes of the raw files of one partition."""
    import pandas as pd

    try:
        result = module(name).part(files)
    except Exception as error:
        raise failed(path(name), "part", error, source) from error
    if not isinstance(result, pd.DataFrame):
        raise DataError(f"{source}: part() of {path(name).as_posix()} must give a DataFrame")
    return result


def apply(name: str, function: str, frame: "pd.DataFrame", source: Path) -> "pd.DataFrame":
    """The recipe's clean() or featurize() of one partition, which keeps its rows and their order.

    Raises DataError that names the line of an error in it.
    """
    return applied(module(name), path(name), function, frame, str(source))


def applied(
    code: Any, file: Path, function: str, frame: "pd.DataFrame", source: str
) -> "pd.DataFrame":
    """clean() or featurize() of a recipe's module, from this file; it keeps rows and their order."""
    try:
        result: pd.DataFrame = getattr(code, function)(frame)
    except Exception as error:
        raise failed(file, function, error, source) from error
    if not hasattr(result, "columns"):
        raise DataError(
            f"{source}: {function}() of {file.as_posix()} returned {type(result).__name__}, "
            "expected a DataFrame; does it end with `return frame`?"
        )
    if len(result) != len(frame):
        raise DataError(
            f"{source}: {function}() of {file.as_posix()} made {len(result)} rows of {len(frame)}; "
            "it is row-wise: drop rows in load(), or by a check of severity quarantine"
        )
    return result


def path(name: str) -> Path:
    """The file of a recipe, from the root, for a message."""
    return Path("recipes") / f"{name}.py"


def source(name: str) -> bytes:
    """The file's content, where Python would import it from."""
    spec = importlib.util.find_spec(f"recipes.{name}")
    if spec is None or spec.origin is None:
        raise ConfigError(f"dataset.recipe is {name!r}; recipes/ has no such file")
    return Path(spec.origin).read_bytes()


def others(code: bytes) -> list[str]:
    """Names of the recipes that a recipe's source imports."""
    result = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = ".".join(filter(None, ["recipes" if node.level else "", node.module]))
            names = [f"{package}.{alias.name}" for alias in node.names]
        else:
            continue
        result |= {name.split(".")[1] for name in names if name.startswith("recipes.")}
    return sorted(result)


def sources(name: str) -> dict[str, bytes]:
    """What a bundle keeps of a recipe: recipe.py, and recipe_OTHER.py for each that it imports."""
    result = {"recipe.py": source(name)}
    todo = others(result["recipe.py"])
    while todo:
        other = todo.pop()
        if f"recipe_{other}.py" not in result and other != name:
            result[f"recipe_{other}.py"] = source(other)
            todo += others(result[f"recipe_{other}.py"])
    return result


def module(name: str) -> Any:
    """The module recipes/NAME.py."""
    try:
        return importlib.import_module(f"recipes.{name}")
    except ModuleNotFoundError as error:
        if error.name not in ("recipes", f"recipes.{name}"):
            raise failed(path(name), "import", error, "recipes") from error
        raise ConfigError(f"dataset.recipe is {name!r}; recipes/ has no such file") from error
    except SyntaxError as error:
        raise ConfigError(f"recipes/{name}.py, line {error.lineno}: {error.msg}") from error
    except Exception as error:
        raise failed(path(name), "import", error, "recipes") from error
