"""The owner's code in recipes/ and components/: errors in it as one line, and its source for a bundle."""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lockstep.core.errors import DataError, LockstepError, owner_frame

CALLED_FOLDERS = ("recipes", "components")  # a stage is called by nothing but DVC


def owner_error(error: Exception, file: Path, function: str, source: str = "") -> LockstepError:
    """Return an exception of the owner's code as an error of one line.

    Parameters
    ----------
    error : Exception
        What the code raised; a LockstepError is returned as it is.
    file : Path
        The file that was called: below the project's root, or in a bundle.
    function : str
        Its function.
    source : str
        The data that it was called on, if any.
    """
    if isinstance(error, LockstepError):
        return error
    frame = owner_frame(error, (str(file.parent), *CALLED_FOLDERS))
    shown, line = (Path(frame.filename), frame.lineno) if frame else (file, None)
    if isinstance(error, SyntaxError) and error.filename:
        shown, line = Path(error.filename), error.lineno
    elif frame and frame.name.isidentifier():  # neither <module> nor <lambda>
        function = frame.name
    if shown.is_absolute() and shown.is_relative_to(Path.cwd()):
        shown = shown.relative_to(Path.cwd())
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    kind = (
        "" if isinstance(error, ValueError | OSError | SyntaxError) else f"{type(error).__name__}: "
    )
    place = f"({shown.as_posix()}, {function}(){f', line {line}' if line else ''})"
    return DataError(": ".join(filter(None, [source, f"{kind}{message} {place}"])))


@contextmanager
def owner_errors(file: Path, function: str, source: str = "") -> Iterator[None]:
    """Raise what the owner's code raises within as owner_error returns it."""
    try:
        yield
    except Exception as error:
        raise owner_error(error, file, function, source) from error


# --- the owner's code in a bundle -------------------------------------------------------------------------


def imported_modules(code: bytes, package: str) -> list[str]:
    """Return the names of a package's modules that the source of one of them imports.

    Parameters
    ----------
    code : bytes
        Python source.
    package : str
        With dots: recipes, or components.models.
    """
    parts, names = package.split("."), set[str]()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = parts[: len(parts) + 1 - node.level] if node.level else []
            base = ".".join([*parents, *filter(None, [node.module])])
            names.update(f"{base}.{alias.name}" for alias in node.names)
    inner = [name.removeprefix(f"{package}.") for name in names if name.startswith(f"{package}.")]
    return sorted({name.split(".")[0] for name in inner})


def bundled_sources(
    name: str, package: str, prefix: str, read_source: Callable[[str], bytes]
) -> dict[str, bytes]:
    """Return a module's source as a bundle holds it: PREFIX.py, and PREFIX_OTHER.py for each that it imports.

    Parameters
    ----------
    name : str
        Of the module in its package.
    package, prefix : str
        Of the module and, in the bundle, of its file.
    read_source : callable
        Returns the source of a module of the package.
    """
    result = {f"{prefix}.py": read_source(name)}
    todo = imported_modules(result[f"{prefix}.py"], package)
    while todo:
        other = todo.pop()
        if f"{prefix}_{other}.py" not in result and other != name:
            result[f"{prefix}_{other}.py"] = read_source(other)
            todo += imported_modules(result[f"{prefix}_{other}.py"], package)
    return result
