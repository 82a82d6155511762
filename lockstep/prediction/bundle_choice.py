"""Which bundle a command uses: the champion, a version, or a folder whose code is known or trusted."""

import argparse
from pathlib import Path

from lockstep.core.errors import DataError, LockstepError
from lockstep.training import bundle


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that choose a model."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--champion", action="store_true", help="the model in models/champion.yaml (default)"
    )
    which.add_argument("--version", help="a registered version, such as v1.2.0")
    which.add_argument("--bundle", type=Path, help="a bundle's folder, such as models/registered")
    parser.add_argument(
        "--trust-recipe",
        action="store_true",
        help="with --bundle: run its recipe.py though this checkout does not know it",
    )


def known(folder: Path, hashes: dict[str, str], root: Path) -> bool:
    """Whether every line of code in a verified bundle is that of the checkout's recipes."""
    main = bundle.dataset(folder, hashes).recipe
    for name in [one for one in hashes if one.endswith(".py")]:
        recipe = main if name == "recipe.py" else name.removeprefix("recipe_").removesuffix(".py")
        ours = root / "recipes" / f"{recipe}.py"
        if not recipe.isidentifier() or not ours.is_file():
            return False
        theirs = bundle.part(folder, name, hashes)
        if theirs.replace(b"\r\n", b"\n") != ours.read_bytes().replace(b"\r\n", b"\n"):
            return False
    return True


def chosen(given: argparse.Namespace) -> Path:
    """The folder of the bundle that the options choose, verified.

    Raises LockstepError for code that neither this checkout nor Git vouches for.
    """
    if given.bundle is None:
        from lockstep.registry.versions import bundle_of

        return bundle_of(given.version)
    folder: Path = given.bundle
    hashes = bundle.verify(folder)
    if "recipe.py" not in hashes:
        raise DataError(f"{folder} is not a whole bundle: recipe.py is not in its seal")
    if not given.trust_recipe and not known(folder, hashes, Path.cwd()):
        raise LockstepError(
            f"{folder}/recipe.py is code, and it would run: it is not this checkout's "
            f"recipes/{bundle.dataset(folder, hashes).recipe}.py, nor a version that Git knows; read "
            "it, then give --trust-recipe"
        )
    return folder
