"""Put the files of a new data set in place: all of them or none; on a failure the earlier ones come back."""

import shutil
from pathlib import Path

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.files import atomic_path, write_text
from lockstep.repository.placing import all_or_none
from lockstep.repository.programs import shell

IGNORE_FILE = "data/raw/.gitignore"


def check_free(root: Path, name: str, files: list[str], force: bool) -> None:
    """Raise ConfigError that names the file that is in the way of a new data set.

    Parameters
    ----------
    root : Path
        The project.
    name : str
        Of the data set.
    files : list of str
        Paths that are about to be written, in the project.
    force : bool
        Whether an earlier data set of this name may be overwritten.
    """
    raw = f"data/raw/{name}"
    existing = [path for path in [*files, raw, f"{raw}.dvc"] if (root / path).exists()]
    if existing and not force:
        raise ConfigError(f"{name} is taken: {existing[0]} is there; give another NAME, or --force")
    tracked = shell(root, "git", "ls-files", raw).split()
    if tracked:
        raise ConfigError(
            f"{name} is taken: {tracked[0]} is in Git, and DVC would track it; another NAME"
        )


def place_files(root: Path, work: Path, name: str, texts: dict[str, str], raw: Path) -> None:
    """Write the files, move the raw folder in, let DVC track it, and stage all in Git.

    On any failure or interrupt the files that were there before come back, at the next start after a kill.

    Parameters
    ----------
    root : Path
        The project.
    work : Path
        A folder on the same disk, for drafts.
    name : str
        Of the data set.
    texts : dict of str
        Text of each file, by its path in the project.
    raw : Path
        The new raw folder; it is moved.

    Raises
    ------
    LockstepError
        If DVC or Git refuses.
    """
    folder = f"data/raw/{name}"
    pointer = f"{folder}.dvc"
    try:
        with all_or_none(root, "new-dataset", [*texts, pointer, IGNORE_FILE], moved=(folder,)):
            for path, text in texts.items():
                write_text(root / path, text)
            move(raw, root / folder)
            shell(root, "dvc", "add", "--quiet", folder)
    except LockstepError as error:
        raise LockstepError(f"{error}; nothing was changed") from error
    try:
        shell(root, "git", "add", "--", *texts, pointer, IGNORE_FILE)
    except LockstepError as error:
        raise LockstepError(f"the data set is in place, but not staged: {error}") from error


def move(source: Path, target: Path) -> None:
    """Rename a file or folder; where they are on two disks, copy it beside the target and rename that."""
    with atomic_path(target) as beside:
        shutil.move(source, beside)
