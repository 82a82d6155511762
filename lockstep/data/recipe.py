"""Run the recipe of a data set: the owner's code, found by name in recipes/; errors name its line."""

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import ConfigError, DataError
from lockstep.core.owner_code import bundled_sources, owner_error
from lockstep.core.safe_paths import file_name

if TYPE_CHECKING:
    import pandas as pd


def load(name: str, raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """Yield partitions (name, rows) that the recipe's load() makes of the raw folder, one at a time.

    Raises ConfigError if there is no such recipe, DataError that names the line of an error in it.
    """
    yield from loaded(module(name), path(name), raw)


def loaded(code: Any, file: Path, raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """Yield partitions (name, rows) that load() of a recipe's module makes of the raw folder.

    Parameters
    ----------
    code : module
        The recipe.
    file : Path
        Its file, for a message.
    raw : Path
        The raw folder.
    """
    import pandas as pd

    rows: Iterator[Any] | None = None
    while True:
        try:
            rows = iter(code.load(raw)) if rows is None else rows
            part = next(rows, None)
        except Exception as error:
            raise owner_error(error, file, "load", str(raw)) from error
        if part is None:
            return
        if not (isinstance(part, tuple) and len(part) == 2 and isinstance(part[1], pd.DataFrame)):
            raise DataError(f"{raw}: load() of {file.as_posix()} must give (name, DataFrame) pairs")
        yield partition_name(part[0], file, "load"), part[1]


def partition_name(name: object, file: Path, function: str) -> str:
    """Return the name that a recipe gave a partition, which becomes a file's name.

    Raises DataError that names the recipe's function where it cannot be one.
    """
    return file_name(str(name), f"a partition of {function}() of {file.as_posix()}")


def parts(name: str, raw: Path) -> dict[str, list[Path]] | None:
    """Return, by partition, its raw files by the recipe's parts(); None if the recipe has no parts().

    Raises DataError that names the line of an error in it.
    """
    code = module(name)
    if not hasattr(code, "parts"):
        return None
    try:
        result = {
            partition_name(part, path(name), "parts"): [Path(file) for file in files]
            for part, files in code.parts(raw).items()
        }
    except Exception as error:
        raise owner_error(error, path(name), "parts", str(raw)) from error
    if not hasattr(code, "part"):
        raise DataError(f"{path(name).as_posix()} has parts() and no part(); load() needs neither")
    return result


def part(name: str, files: list[Path], source: str) -> "pd.DataFrame":
    """Return what the recipe's part() makes of the raw files of one partition.

    Parameters
    ----------
    name : str
        The recipe.
    files : list of Path
        The raw files.
    source : str
        What they are, for a message.
    """
    import pandas as pd

    try:
        result = module(name).part(files)
    except Exception as error:
        raise owner_error(error, path(name), "part", source) from error
    if not isinstance(result, pd.DataFrame):
        raise DataError(f"{source}: part() of {path(name).as_posix()} must give a DataFrame")
    return result


def apply(name: str, function: str, frame: "pd.DataFrame", source: Path) -> "pd.DataFrame":
    """Apply the recipe's clean() or featurize() to one partition; it keeps the rows and their order.

    Parameters
    ----------
    name : str
        The recipe.
    function : str
        clean or featurize.
    frame : DataFrame
        The partition's rows.
    source : Path
        The partition, for a message.

    Raises
    ------
    DataError
        It names the line of an error in the recipe.
    """
    return applied(module(name), path(name), function, frame, str(source))


def applied(
    code: Any, file: Path, function: str, frame: "pd.DataFrame", source: str
) -> "pd.DataFrame":
    """Apply clean() or featurize() of a recipe's module; it keeps the rows and their order.

    Parameters
    ----------
    code : module
        The recipe.
    file : Path
        Its file, for a message.
    function : str
        clean or featurize.
    frame : DataFrame
        The rows.
    source : str
        Where they are from, for a message.
    """
    try:
        result: pd.DataFrame = getattr(code, function)(frame)
    except Exception as error:
        raise owner_error(error, file, function, source) from error
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
    """Return the file of a recipe, from the root, for a message."""
    return Path("recipes") / f"{name}.py"


def source(name: str) -> bytes:
    """Return the content of a recipe's file, from where Python would import it."""
    spec = importlib.util.find_spec(f"recipes.{name}")
    if spec is None or spec.origin is None:
        raise ConfigError(f"dataset.recipe is {name!r}; recipes/ has no such file")
    return Path(spec.origin).read_bytes()


def sources(name: str) -> dict[str, bytes]:
    """Return the files of a recipe in a bundle: recipe.py, and recipe_OTHER.py for each that it imports."""
    return bundled_sources(name, "recipes", "recipe", source)


def module(name: str) -> Any:
    """Import recipes/NAME.py. Raises ConfigError where there is no such file or it has a syntax error."""
    try:
        return importlib.import_module(f"recipes.{name}")
    except ModuleNotFoundError as error:
        if error.name not in ("recipes", f"recipes.{name}"):
            raise owner_error(error, path(name), "import", "recipes") from error
        raise ConfigError(f"dataset.recipe is {name!r}; recipes/ has no such file") from error
    except SyntaxError as error:
        raise ConfigError(f"recipes/{name}.py, line {error.lineno}: {error.msg}") from error
    except Exception as error:
        raise owner_error(error, path(name), "import", "recipes") from error
