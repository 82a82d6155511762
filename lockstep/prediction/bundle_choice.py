"""Which bundle a command uses: the champion, a version, this checkout's own, or one that somebody trusts."""

import argparse
from contextlib import suppress
from pathlib import Path

from lockstep.core.errors import DataError, LockstepError
from lockstep.registry.versions import bundle_of, champion, registered, versions
from lockstep.repository.dvc_internals import folder_hash
from lockstep.repository.dvc_lock import outputs
from lockstep.training import bundle

OWN_FOLDERS = ("models/candidate", "models/registered")  # outputs of stages, from the root


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that choose a model."""
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--champion", action="store_true", help="the model in models/champion.yaml (default)"
    )
    choice.add_argument("--version", help="a registered version, such as v1.2.0")
    choice.add_argument("--bundle", type=Path, help="a bundle's folder, such as models/registered")
    parser.add_argument(
        "--trust",
        action="store_true",
        help="with --bundle: load its model and run its code though it was made elsewhere",
    )


def is_own(folder: Path, root: Path) -> bool:
    """Return whether a bundle is this checkout's own, as its dvc.lock has it."""
    lock = root / "dvc.lock"
    if not lock.is_file():
        return False
    hashes = outputs(lock.read_text(encoding="utf-8"))
    for name in OWN_FOLDERS:
        if folder.resolve() == (root / name).resolve() and name in hashes:
            return folder_hash(folder) == hashes[name]
    return False


def is_vouched(folder: Path, root: Path) -> bool:
    """Return whether a verified bundle is the champion or a version, by the digest that Git has of it."""
    digest = bundle.digest(folder)
    with suppress(LockstepError, OSError):  # no repository, or no champion
        entry = champion(root)
        if entry is not None and entry["digest"] == digest:
            return True
    with suppress(LockstepError, OSError):
        for version in versions(root):
            with suppress(LockstepError):  # a tag that somebody moved
                if registered(version, root)["digest"] == digest:
                    return True
    return False


def require_no_links(folder: Path) -> None:
    """Raise DataError for a link in a bundle, which could stand for any file of this machine."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            raise DataError(f"{path} is a link; a bundle from elsewhere holds plain files alone")


def choose_bundle(options: argparse.Namespace) -> Path:
    """Return the folder of the bundle that the options choose, verified.

    Raises LockstepError for one that neither Git nor this checkout's dvc.lock vouches for and nobody trusts.
    """
    if options.bundle is None:
        return bundle_of(options.version)
    folder, root = Path(options.bundle), Path.cwd()
    hashes = bundle.verify(folder)
    if "recipe.py" not in hashes:
        raise DataError(f"{folder} is not a whole bundle: recipe.py is not in its seal")
    if is_own(folder, root) or is_vouched(folder, root):
        return folder
    require_no_links(folder)
    if not options.trust:
        code = ", ".join(sorted(name for name in hashes if name.endswith(".py")))
        raise LockstepError(
            f"{folder} was made elsewhere: its model would be loaded and its code ({code}) would run. Its "
            "seal says that nothing changed since somebody sealed it, not who that was; find out who made "
            "it and read its code, then give --trust"
        )
    return folder
