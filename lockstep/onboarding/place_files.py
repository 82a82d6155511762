"""Put the files of a new data set in place: all of them or none; on a failure the earlier ones come back."""

import shutil
from pathlib import Path

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.files import atomic_path
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

    On any failure or interrupt the files that were there before come back.

    Parameters
    ----------
    root : Path
        The project.
    work : Path
        A folder on the same disk, for what is there before.
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
    paths = [*texts, folder, pointer, IGNORE_FILE]
    backups: dict[str, Path] = {}
    is_done = False
    try:
        back_up(root, work / "backup", paths, backups)
        for path, text in texts.items():
            draft = work / "draft"
            draft.write_text(text, encoding="utf-8", newline="\n")
            move(draft, root / path)
        move(raw, root / folder)
        shell(root, "dvc", "add", "--quiet", folder)
        shell(root, "git", "add", "--", *texts, pointer, IGNORE_FILE)
        is_done = True
    except LockstepError as error:
        raise LockstepError(f"{error}; nothing was changed") from error
    finally:
        if not is_done:
            restore(root, paths, backups)


def back_up(root: Path, folder: Path, paths: list[str], backups: dict[str, Path]) -> None:
    """Move what is there into a folder, noting each backup before it is made.

    What `dvc add` reads and changes is copied.
    """
    folder.mkdir(exist_ok=True)
    for number, path in enumerate(paths):
        if not (root / path).exists():
            continue
        backups[path] = folder / str(number)
        if path == IGNORE_FILE or path.endswith(".dvc"):
            shutil.copy(root / path, backups[path])
        else:
            shutil.move(root / path, backups[path])


def restore(root: Path, paths: list[str], backups: dict[str, Path]) -> None:
    """Remove what was written, and move the backups back."""
    for path in paths:
        if path in backups or (root / path).exists():
            remove(root / path)
    for path, backup in backups.items():
        if backup.exists():
            shutil.move(backup, root / path)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder; where they are on two disks, copy it beside the target and rename that."""
    with atomic_path(target) as beside:
        shutil.move(source, beside)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
