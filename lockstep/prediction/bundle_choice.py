"""Which bundle a command uses: the champion, a version, or a folder whose code is known or trusted."""

import argparse
import json
from pathlib import Path

from lockstep.core.errors import DataError, LockstepError
from lockstep.models.kinds import FOLDER
from lockstep.models.own_kind import PREFIX
from lockstep.training import bundle

RECIPES = Path("recipes")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose a model."""
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--champion", action="store_true", help="the model in models/champion.yaml (default)"
    )
    choice.add_argument("--version", help="a registered version, such as v1.2.0")
    choice.add_argument("--bundle", type=Path, help="a bundle's folder, such as models/registered")
    parser.add_argument(
        "--trust-recipe",
        action="store_true",
        help="with --bundle: run its code though this checkout does not know it",
    )


def code_files(hashes: dict[str, str]) -> list[str]:
    """Return the files of a bundle that are code."""
    return sorted(name for name in hashes if name.endswith(".py"))


def source_path(name: str, recipe: str, kind: str) -> Path | None:
    """Return the checkout's file, from the root, that a bundle's file is a copy of; None where there is none.

    Parameters
    ----------
    name : str
        The bundle's file: recipe.py, recipe_OTHER.py, model_kind.py or model_kind_OTHER.py.
    recipe, kind : str
        The names of the bundle's recipe and of its kind of model.
    """
    mains = {"recipe.py": (RECIPES, recipe), f"{PREFIX}.py": (FOLDER, kind)}
    prefixes = {"recipe_": RECIPES, f"{PREFIX}_": FOLDER}
    folder, module = mains.get(name, (None, ""))
    for prefix, package in prefixes.items():
        if folder is None and name.startswith(prefix):
            folder, module = package, name.removeprefix(prefix).removesuffix(".py")
    return folder / f"{module}.py" if folder is not None and module.isidentifier() else None


def is_known_code(folder: Path, hashes: dict[str, str], root: Path) -> bool:
    """Return whether every line of code in a verified bundle is that of this checkout's recipes and kinds.

    Parameters
    ----------
    folder : Path
        Of the bundle.
    hashes : dict
        Of the bundle's files.
    root : Path

    Returns
    -------
    bool
    """
    recipe = bundle.read_dataset(folder, hashes).recipe
    kind = ""
    if "signature.json" in hashes:
        kind = json.loads(bundle.read_sealed(folder, "signature.json", hashes))["kind"]
    for name in code_files(hashes):
        path = source_path(name, recipe, kind)
        if path is None or not (root / path).is_file():
            return False
        code, own = bundle.read_sealed(folder, name, hashes), (root / path).read_bytes()
        if code.replace(b"\r\n", b"\n") != own.replace(b"\r\n", b"\n"):
            return False
    return True


def choose_bundle(options: argparse.Namespace) -> Path:
    """Return the folder of the bundle that the options choose, verified.

    Raises LockstepError for code that neither this checkout nor Git vouches for.
    """
    if options.bundle is None:
        from lockstep.registry.versions import bundle_of

        return bundle_of(options.version)
    folder: Path = options.bundle
    hashes = bundle.verify(folder)
    if "recipe.py" not in hashes:
        raise DataError(f"{folder} is not a whole bundle: recipe.py is not in its seal")
    if not options.trust_recipe and not is_known_code(folder, hashes, Path.cwd()):
        names = code_files(hashes)
        verb = "is" if len(names) == 1 else "are"
        raise LockstepError(
            f"{folder}/{', '.join(names)} {verb} code, and it would run: it is not what this checkout has in "
            "recipes/ and components/models/, nor a version that Git knows; read it, then give --trust-recipe"
        )
    return folder
