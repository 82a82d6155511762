"""Make features from a bundle alone, as training made them: its own recipe over its own schema's columns.

The recipe is code. It runs from the bytes whose hash was verified, never from a compiled copy beside them,
and the recipes that it imports are the bundle's too, not those of the working tree.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.errors import DataError
from lockstep.core.schema import Dataset
from lockstep.data.recipe import applied, loaded
from lockstep.data.roles import keep_roles
from lockstep.training import bundle
from lockstep.training.bundled_code import BundledCode, import_bundled, installed

if TYPE_CHECKING:
    import pandas as pd


Recipe = BundledCode  # a bundle's recipe


def recipe(folder: Path, hashes: dict[str, str]) -> Recipe:
    """Import the recipe of a verified bundle. Raises DataError that names the line of an error in it."""
    name = bundle.read_dataset(folder, hashes).recipe

    def read_file(file: str) -> bytes | None:
        is_main = file == "recipe.py"  # reading it refuses a bundle without one
        return bundle.read_sealed(folder, file, hashes) if is_main or file in hashes else None

    return import_bundled(folder, read_file, "recipes", "recipe", name)


def raw_rows(code: Recipe, raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """Yield partitions (name, rows) that the bundle's load() makes of a raw folder, one at a time."""
    parts = loaded(code.main, code.file, raw)
    while True:
        with installed(code.modules):
            part = next(parts, None)
        if part is None:
            return
        yield part


def featurize(code: Recipe, dataset: Dataset, frame: "pd.DataFrame", source: str) -> "pd.DataFrame":
    """Apply clean() and featurize() to typed, valid rows; return the columns with a role.

    Target, time, period and group are among them where the frame has them: new rows have no target.

    Parameters
    ----------
    code : Recipe
        The bundle's recipe.
    dataset : Dataset
        The bundle's schema.
    frame : DataFrame
        The rows.
    source : str
        Where they are from, for a message.
    """
    with installed(code.modules):
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
    """Return features of typed, valid rows (those of data/validated/) by the bundle's own recipe.

    Rows and their order stay; the columns are those of data/features/, as far as the frame has them.
    Raises DataError if the bundle is not as it was sealed, or for an error in its recipe.
    """
    hashes = bundle.verify(folder)
    if "recipe.py" not in hashes:
        raise DataError(f"{folder} is not a whole bundle: it has no recipe.py")
    dataset = bundle.read_dataset(folder, hashes)
    return featurize(recipe(folder, hashes), dataset, frame, str(folder))
