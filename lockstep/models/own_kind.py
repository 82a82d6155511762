"""A kind of model of the owner's: one module with one subclass of ModelKind that has the module's name."""

from collections.abc import Mapping
from pathlib import Path, PurePath
from types import ModuleType

from lockstep.core.errors import ConfigError
from lockstep.core.schema import TASKS
from lockstep.models.base import ModelKind
from lockstep.models.parameters import Choice, Number

PACKAGE, PREFIX = "components.models", "model_kind"  # of its module; of its files in a bundle
# Files of a bundle that a model must not overwrite.
BUNDLE_FILES = ("signature.json", "baseline.json", "config.json", "sha256.json", "lineage.json")


def kind_of_module(module: ModuleType, name: str, file: Path) -> ModelKind:
    """Return the kind that a module of the owner's defines. Raises ConfigError that names the file.

    Parameters
    ----------
    module : module
        Imported from components/models/, or from a bundle.
    name : str
        Of the file and of the kind.
    file : Path
        For a message.
    """
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, ModelKind)
        and value.__module__ == module.__name__
    ]
    if len(classes) != 1:
        raise ConfigError(
            f"{file.as_posix()} defines {len(classes)} subclasses of ModelKind; allowed: one"
        )
    kind = classes[0]
    if problem := contract_problem(kind, name):
        raise ConfigError(f"{file.as_posix()}, class {kind.__name__}: {problem}")
    return kind()


def contract_problem(kind: type[ModelKind], name: str) -> str | None:
    """Return what a class lacks of the contract of a kind of this name; None where it keeps it."""
    missing = sorted(getattr(kind, "__abstractmethods__", ()))
    if missing:
        return f"it lacks {', '.join(missing)}()"
    for attribute in ("name", "parameters", "file_name", "packages", "library"):
        if not hasattr(kind, attribute):
            return f"it lacks {attribute}"
    if kind.name != name:
        return f"name is {kind.name!r}; allowed: {name!r}, the file's own name"
    if not kind.tasks or not set(kind.tasks) <= set(TASKS):
        return f"tasks is {kind.tasks!r}; allowed: some of {', '.join(TASKS)}"
    if not isinstance(kind.parameters, Mapping):
        return f"parameters is {kind.parameters!r}; allowed: rules by name"
    for parameter, rule in kind.parameters.items():
        if not isinstance(rule, Number | Choice):
            return f"parameters[{parameter!r}] is {rule!r}; allowed: Number, count() or Choice"
    for parameter in kind.search_space:
        if parameter not in kind.parameters:
            return f"search_space has {parameter!r}, which parameters lacks"
    is_plain = PurePath(kind.file_name).name == kind.file_name
    if not is_plain or kind.file_name in BUNDLE_FILES or kind.file_name.endswith(".py"):
        return f"file_name is {kind.file_name!r}; allowed: a plain name such as model.skops"
    return None
