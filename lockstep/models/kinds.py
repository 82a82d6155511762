"""The kinds of model by name: Lockstep's own, from a table, and the owner's, from components/models/.

A configuration names a kind, never an import path, so that it cannot run code of strangers.
"""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from lockstep.core.components import (
    component_file,
    component_names,
    import_component,
    nearest,
    refuse_builtin_names,
)
from lockstep.core.config_checks import between, one_of, refuse
from lockstep.core.errors import ConfigError
from lockstep.core.owner_code import bundled_sources, owner_errors
from lockstep.core.schema import DEVICES, Config
from lockstep.models.base import Log, ModelKind
from lockstep.models.builtin import KINDS
from lockstep.models.own_kind import PACKAGE, PREFIX, kind_of_module
from lockstep.models.parameters import refusal
from lockstep.models.rows import Rows

__all__ = [
    "KINDS",
    "check_model",
    "fit",
    "kind_errors",
    "kind_file",
    "kind_names",
    "kind_sources",
    "model_kind",
]
FOLDER = Path("components/models")


def kind_names() -> list[str]:
    """Return the names of all kinds: Lockstep's, then the owner's."""
    return [*KINDS, *component_names(FOLDER)]


def kind_file(name: str) -> Path | None:
    """Return the file of an owner's kind, from the root; None for a kind of Lockstep's own."""
    return None if name in KINDS else FOLDER / f"{name}.py"


@contextmanager
def kind_errors(name: str, function: str) -> Iterator[None]:
    """Raise what an owner's kind raises within as one line that names the owner's file and line."""
    file = kind_file(name)
    with owner_errors(file, function) if file else nullcontext():
        yield


def model_kind(name: str) -> ModelKind:
    """Return the kind of this name, Lockstep's or the owner's.

    Raises ConfigError that lists the kinds there are, or names what components/models/NAME.py lacks.
    """
    if name in KINDS:
        return KINDS[name]
    if component_file(FOLDER, name) is None:
        names = kind_names()
        allowed = f"{', '.join(names)} (components/models/ takes your own)"
        refuse("model.kind", name, allowed + nearest(name, names))
    return kind_of_module(import_component(FOLDER, name), name, FOLDER / f"{name}.py")


def kind_sources(name: str) -> dict[str, bytes]:
    """Return the files of an owner's kind in a bundle: its source and those of its folder that it imports.

    A kind of Lockstep's own has none.
    """
    if name in KINDS:
        return {}

    def read_source(module: str) -> bytes:
        path = component_file(FOLDER, module, helpers=True)
        if path is None:
            raise ConfigError(f"components/models/{name}.py imports {module}, which is not there")
        return path.read_bytes()

    return bundled_sources(name, PACKAGE, PREFIX, read_source)


def fit(config: Config, train: Rows, valid: Rows, snapshot: str, log: Log) -> tuple[Any, int]:
    """Fit the configuration's kind, as ModelKind.fit does.

    Raises ConfigError where its library is not installed, or refuses a parameter.
    """
    kind = model_kind(config.model.kind)
    kind.require_installed()
    with kind_errors(kind.name, "fit"):
        return kind.fit(config, train, valid, snapshot, log)


def check_model(config: Config) -> None:
    """Raise ConfigError for the first value of the group `model` that its kind does not allow."""
    model = config.model
    refuse_builtin_names(FOLDER, KINDS, "model kind")
    kind = model_kind(model.kind)
    one_of("dataset.task", config.dataset.task, kind.tasks)
    problem = refusal(kind.name, kind.parameters, kind.required, model.params)
    if problem:
        refuse(*problem)
    one_of("model.device", model.device, DEVICES if kind.supports_gpu else DEVICES[:1])
    check_workers(config, kind)


def check_workers(config: Config, kind: ModelKind) -> None:
    """Refuse a training by workers of a cluster that its kind, device or engine cannot do."""
    model = config.model
    between("model.workers", model.workers, 0, 1024)
    if not model.workers:
        return
    for key, value, is_able in (
        ("model.kind", model.kind, kind.supports_cluster),
        ("model.device", model.device, model.device == "cpu"),
        ("engine.kind", config.engine.kind, config.engine.kind == "dask"),
    ):
        if not is_able:
            refuse("model.workers", model.workers, f"0, because {key} is {value}")
