"""Put the files of a new data set in their places: all of them or none, what was there before is kept."""

import os
import shutil
from pathlib import Path

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.repository.programs import shell


def taken(root: Path, name: str, files: list[str]) -> list[str]:
    """Which of the files, and the raw folder, are there already."""
    raw = f"data/raw/{name}"
    return [one for one in [*files, raw, f"{raw}.dvc"] if (root / one).exists()]


def must_be_free(root: Path, name: str, files: list[str], force: bool) -> None:
    """Raise ConfigError that names what is in the way."""
    found = taken(root, name, files)
    if found and not force:
        raise ConfigError(f"{name} is taken: {found[0]} is there; give another NAME, or --force")
    listed = shell(root, "git", "ls-files", f"data/raw/{name}").split()
    if listed:
        raise ConfigError(
            f"{name} is taken: {listed[0]} is in Git, and DVC would track it; another NAME"
        )


def move(source: Path, target: Path) -> None:
    """Rename, or copy beside and rename where they lie on two disks."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + ".part")
    shutil.rmtree(beside, ignore_errors=True)
    shutil.move(source, beside)
    os.replace(beside, target)


def remove(path: Path) -> None:
    """A file or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def place(root: Path, work: Path, name: str, texts: dict[str, str], raw: Path) -> None:
    """Write the texts, move the raw folder in, let DVC track it, tell Git of all.

    Whatever fails, or an interrupt, puts back what was there before.
    """
    folder, ignore = f"data/raw/{name}", "data/raw/.gitignore"
    kept = work / "kept"
    before: dict[str, Path] = {}
    touched = [*texts, folder, f"{folder}.dvc", ignore]
    done = False
    try:
        for number, one in enumerate(touched):
            path = root / one
            if path.exists():
                before[one] = kept / str(number)
                kept.mkdir(exist_ok=True)
                if one == ignore or one.endswith(".dvc"):  # dvc add reads and changes them
                    shutil.copy(path, before[one])
                else:
                    shutil.move(path, before[one])
        for one, text in texts.items():
            new = work / "new"
            new.write_text(text, encoding="utf-8", newline="\n")
            move(new, root / one)
        move(raw, root / folder)
        shell(root, "dvc", "add", "--quiet", folder)
        shell(root, "git", "add", "--", *texts, f"{folder}.dvc", ignore)
        done = True
    except LockstepError as error:
        raise LockstepError(f"{error}; nothing was changed") from error
    finally:
        if not done:
            for one in touched:
                if one in before or (root / one).exists():
                    remove(root / one)
            for one, path in before.items():
                if path.exists():
                    shutil.move(path, root / one)
