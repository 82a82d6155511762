"""The owner's components: one file of components/GROUP/ each, known by the file's name.

A configuration names a component by a plain identifier, never by an import path, so it runs only code that
lies in this project. What a check needs of a file is read from its syntax tree; the code runs only where it
is used.
"""

import ast
import importlib
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from lockstep.core.errors import ConfigError
from lockstep.core.owner_code import owner_errors

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
PREDICTION_PARAMETERS = ("y_prob", "y_pred")
_roots = [Path()]  # the project's root, the current one last


@contextmanager
def project_at(root: Path) -> Iterator[None]:
    """Look for components below this root, where the working folder may be another: in DVC's process."""
    _roots.append(root)
    try:
        yield
    finally:
        _roots.pop()


def project_root() -> Path:
    """Return the folder that holds components/: the current root, else where Python imports lockstep/ from.

    The second is for a worker of a cluster, which computes in a folder of its own.
    """
    if not (_roots[-1] / "components").is_dir():
        for place in map(Path, sys.path):
            if (place / "components").is_dir() and (place / "lockstep").is_dir():
                return place
    return _roots[-1]


def component_names(folder: Path) -> list[str]:
    """Return the names of the components in a folder, such as components/metrics, sorted."""
    paths = (project_root() / folder).glob("*.py")
    return sorted(path.stem for path in paths if NAME.fullmatch(path.stem))


def component_file(folder: Path, name: str, helpers: bool = False) -> Path | None:
    """Return the file of a component, below the root; None where there is none of this name.

    helpers: whether the name of a helper, which begins with an underscore, will do.
    """
    path = project_root() / folder / f"{name}.py"
    is_plain = NAME.fullmatch(name.lstrip("_") if helpers else name)
    return path if is_plain and path.is_file() else None


def nearest(name: object, allowed: Iterable[str]) -> str:
    """Return `; did you mean X?` for the most similar allowed name, or nothing."""
    import difflib

    close = difflib.get_close_matches(str(name), list(allowed), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def refuse_builtin_names(folder: Path, builtin: Iterable[str], noun: str) -> None:
    """Raise ConfigError for a component that has the name of one of Lockstep's own."""
    for name in sorted(set(component_names(folder)) & set(builtin)):
        file = (folder / f"{name}.py").as_posix()
        raise ConfigError(
            f"{file}: {name} is the name of a {noun} of Lockstep's own; rename the file"
        )


def import_component(folder: Path, name: str) -> ModuleType:
    """Import a component, and what it imports of components/, from below the current root.

    Raises a LockstepError that names the file and the line of an error in it.
    """
    root = (project_root() / folder.parent).resolve()
    package = sys.modules.get("components")
    if package is None or [str(root)] != list(package.__path__):
        for module in [m for m in sys.modules.copy() if m.split(".")[0] == "components"]:
            del sys.modules[module]
        package = sys.modules["components"] = ModuleType("components")
        package.__path__ = [str(root)]
    importlib.invalidate_caches()
    with owner_errors(folder / f"{name}.py", "import"):
        return importlib.import_module(f"components.{folder.name}.{name}")


# --- a component that is a function ----------------------------------------------------------------------


@dataclass(frozen=True)
class FunctionContract:
    """What the syntax tree of a component says of the function that has the file's name.

    constants holds the module's constants that are literals; settings are the keyword-only parameters.
    """

    file: str  # from the root, for messages
    prediction: str  # y_prob or y_pred
    is_weighted: bool  # whether the third parameter is sample_weight
    settings: tuple[str, ...]
    required: tuple[str, ...]  # settings without a default
    constants: Mapping[str, Any] = field(default_factory=dict)


def literal_constants(tree: ast.Module) -> dict[str, Any]:
    """Return the module's constants whose values are literals, by name."""
    constants = {}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        for target in targets:
            if isinstance(target, ast.Name):
                try:
                    constants[target.id] = ast.literal_eval(node.value)  # type: ignore[attr-defined]
                except ValueError:
                    continue
    return constants


def read_function(folder: Path, name: str, third: str) -> FunctionContract:
    """Return the contract of a function that is a component, without importing it.

    Parameters
    ----------
    folder : Path
        Such as components/metrics.
    name : str
        Of the file and the function.
    third : str
        required or optional: whether the function must take sample_weight.

    Raises
    ------
    ConfigError
        Where the file lacks the function, or its parameters are others.
    """
    path, file = component_file(folder, name), (folder / f"{name}.py").as_posix()
    if path is None:
        raise ConfigError(f"{file} is not there")
    try:
        tree = ast.parse(path.read_bytes())
    except SyntaxError as error:
        raise ConfigError(f"{file}, line {error.lineno}: {error.msg}") from error
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if name not in functions:
        raise ConfigError(f"{file} has no function {name}, which its name promises")
    arguments = functions[name].args
    positional = [argument.arg for argument in arguments.posonlyargs + arguments.args]
    is_weighted = positional[2:3] == ["sample_weight"]
    is_whole = len(positional) == 2 + is_weighted and (is_weighted or third == "optional")
    if (
        not is_whole
        or positional[0] != "y_true"
        or positional[1] not in PREDICTION_PARAMETERS
        or arguments.vararg
        or arguments.kwarg
    ):
        weight = "sample_weight" if third == "required" else "sample_weight (or none)"
        raise ConfigError(
            f"{file}: {name}({', '.join(positional)}) must take y_true, then y_prob or y_pred, then "
            f"{weight}; its settings come after a *"
        )
    settings = [argument.arg for argument in arguments.kwonlyargs]
    defaults = zip(settings, arguments.kw_defaults, strict=True)
    required = tuple(setting for setting, default in defaults if default is None)
    return FunctionContract(
        file, positional[1], is_weighted, tuple(settings), required, literal_constants(tree)
    )


def require_component(key: str, folder: Path, name: object) -> None:
    """Raise ConfigError, with the names that there are, where a folder has no component of this name."""
    if isinstance(name, str) and component_file(folder, name):
        return
    allowed = component_names(folder)
    names = ", ".join(allowed) or f"none yet, {folder.as_posix()}/ holds no file"
    raise ConfigError(
        f"{key} has {name!r}; allowed: {names} (a file of {folder.as_posix()}/)"
        + nearest(name, allowed)
    )


def check_settings(key: str, settings: object, contract: FunctionContract) -> None:
    """Raise ConfigError for settings that the function does not take, or lacks.

    Parameters
    ----------
    key : str
        In the configuration, such as dataset.metrics.late_cost.
    settings : object
        What the configuration gives: a mapping, or None for no setting.
    contract : FunctionContract
        Of the function.
    """
    allowed = ", ".join(contract.settings) or "none"
    if not isinstance(settings, Mapping | None):
        raise ConfigError(f"{key} is {settings!r}; allowed: a mapping of settings ({allowed})")
    for name in settings or {}:
        if name not in contract.settings:
            hint = nearest(name, contract.settings)
            raise ConfigError(f"{key} has {name!r}; allowed by {contract.file}: {allowed}{hint}")
    for name in contract.required:
        if name not in (settings or {}):
            raise ConfigError(f"{key} lacks {name!r}, which {contract.file} needs")


@dataclass(frozen=True)
class OwnFunction:
    """A function of components/ with its settings, ready to be called."""

    name: str
    contract: FunctionContract
    settings: Mapping[str, Any]
    function: Any

    @property
    def file(self) -> Path:
        """The file, from the root."""
        return Path(self.contract.file)

    def __call__(self, y_true: Any, y_prob: Any, y_pred: Any, sample_weight: Any) -> Any:
        """Call the function with what its parameters name; an error names the owner's line."""
        prediction = y_prob if self.contract.prediction == "y_prob" else y_pred
        weights = (sample_weight,) if self.contract.is_weighted else ()
        with owner_errors(self.file, self.name):
            return self.function(y_true, prediction, *weights, **self.settings)


def load_function(
    folder: Path, name: str, settings: object, contract: FunctionContract
) -> OwnFunction:
    """Import a component that is a function of this contract, and join it with its settings."""
    function = getattr(import_component(folder, name), name)
    return OwnFunction(
        name, contract, dict(settings) if isinstance(settings, Mapping) else {}, function
    )
