"""Features as training made them, from a bundle alone: its own recipe's code over its own schema's columns.

The recipe is code. It is run from the bytes whose hash was verified, never from a compiled copy beside
them, and the recipes that it imports are the bundle's too, not those of the working tree.
"""

import dataclasses
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from lockstep.core.errors import DataError
from lockstep.core.schema import Dataset
from lockstep.data.recipe import applied, failed, loaded, others
from lockstep.data.roles import keep_roles
from lockstep.training import bundle

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Recipe:
    """A bundle's recipe: its main module's file, and its modules by the names they import by."""

    file: Path
    main: ModuleType
    modules: dict[str, ModuleType]


@contextmanager
def in_place(modules: dict[str, ModuleType]) -> Iterator[None]:
    """The bundle's recipes stand where the working tree's would, while its code runs."""

    def loaded_recipes() -> dict[str, ModuleType]:
        return {n: m for n, m in sys.modules.items() if n == "recipes" or n.startswith("recipes.")}

    before = loaded_recipes()
    for name in before:
        del sys.modules[name]
    sys.modules.update(modules)
    try:
        yield
    finally:
        for name in loaded_recipes():
            del sys.modules[name]
        sys.modules.update(before)


def recipe(folder: Path, hashes: dict[str, str]) -> Recipe:
    """The recipe of a verified bundle. Raises DataError that names the line of an error in it."""
    name = bundle.dataset(folder, hashes).recipe
    package = ModuleType("recipes")
    package.__path__ = []  # nothing is found beside what the bundle holds
    modules = {"recipes": package}

    def run(name: str, file: str) -> ModuleType:
        source, path = bundle.part(folder, file, hashes), folder / file
        try:
            for other in others(source):
                if f"recipes.{other}" not in modules and f"recipe_{other}.py" in hashes:
                    run(other, f"recipe_{other}.py")
            spec = spec_from_file_location(f"recipes.{name}", path)
            assert isinstance(spec, ModuleSpec)
            module = module_from_spec(spec)
            modules[spec.name] = sys.modules[spec.name] = module
            setattr(package, name, module)
            exec(compile(source, str(path), "exec"), module.__dict__)
        except Exception as error:
            raise failed(path, "import", error, str(folder)) from error
        return module

    with in_place(modules):
        main = run(name, "recipe.py")
    return Recipe(folder / "recipe.py", main, modules)


def raw_rows(code: Recipe, raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """Partitions (name, rows) that the bundle's load() makes of a raw folder, one at a time."""
    parts = loaded(code.main, code.file, raw)
    while True:
        with in_place(code.modules):
            part = next(parts, None)
        if part is None:
            return
        yield part


def featurize(code: Recipe, dataset: Dataset, frame: "pd.DataFrame", source: str) -> "pd.DataFrame":
    """clean() and featurize() over typed, valid rows: the columns with a role, as in data/features/.

    Target, time, period and group are kept where the frame has them: new rows have no target.
    """
    with in_place(code.modules):
        cleaned = applied(code.main, code.file, "clean", frame, source)
        features = applied(code.main, code.file, "featurize", cleaned, source)
    known_roles = dataclasses.replace(
        dataset,
        target=dataset.target if dataset.target in features else "",
        time=dataset.time if dataset.time in features else None,
        period=dataset.period if dataset.period in features else None,
        group=dataset.group if dataset.group in features else None,
    )
    return keep_roles(features, known_roles)


def features(folder: Path, frame: "pd.DataFrame") -> "pd.DataFrame":
    """Features of typed, valid rows (those of data/validated/) by the bundle's own recipe.

    The rows and their order are kept; the columns are those of data/features/, as far as the frame has
    them. Raises DataError if the bundle is not as it was sealed, or for an error in its recipe.
    """
    hashes = bundle.verify(folder)
    if "recipe.py" not in hashes:
        raise DataError(f"{folder} is not a whole bundle: it has no recipe.py")
    dataset = bundle.dataset(folder, hashes)
    return featurize(recipe(folder, hashes), dataset, frame, str(folder))
