"""Which bundle a command uses: the champion, a version, or a folder whose code is known or trusted."""

import argparse
from pathlib import Path

from lockstep.core.errors import DataError, LockstepError
from lockstep.training import bundle


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
        help="with --bundle: run its recipe.py though this checkout does not know it",
    )


def is_known_code(folder: Path, hashes: dict[str, str], root: Path) -> bool:
    """Return whether every line of code in a verified bundle is that of the checkout's recipes.

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
    main = bundle.read_dataset(folder, hashes).recipe
    for name in [name for name in hashes if name.endswith(".py")]:
        recipe = main if name == "recipe.py" else name.removeprefix("recipe_").removesuffix(".py")
        own = root / "recipes" / f"{recipe}.py"
        if not recipe.isidentifier() or not own.is_file():
            return False
        code = bundle.read_sealed(folder, name, hashes)
        if code.replace(b"\r\n", b"\n") != own.read_bytes().replace(b"\r\n", b"\n"):
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
        raise LockstepError(
            f"{folder}/recipe.py is code, and it would run: it is not this checkout's "
            f"recipes/{bundle.read_dataset(folder, hashes).recipe}.py, nor a version that Git knows; read "
            "it, then give --trust-recipe"
        )
    return folder
