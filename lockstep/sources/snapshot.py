"""Replace a raw folder whole or not at all: its new state is made beside it and swapped in."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path


def staging_paths(raw: Path) -> tuple[Path, Path]:
    """Return where the new state is made, and where the old one waits while the new one takes its place."""
    return raw.with_name(f"{raw.name}.part"), raw.with_name(f"{raw.name}.old.part")


def recover(raw: Path) -> None:
    """Undo what a killed fetch left: the old state comes back, unless the new one is in place."""
    new, old = staging_paths(raw)
    if old.exists() and not raw.exists():
        os.rename(old, raw)
    for path in (new, old):
        if path.exists():
            shutil.rmtree(path)


@contextlib.contextmanager
def staging_folder(raw: Path) -> Iterator[Path]:
    """Make an empty folder beside the raw one, on the same disk; it is gone at the end, swapped in or not."""
    new, _ = staging_paths(raw)
    had_parent = raw.parent.is_dir()
    new.mkdir(parents=True)
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)
        if not had_parent:
            with contextlib.suppress(OSError):
                raw.parent.rmdir()  # only if it is empty


def list_files(folder: Path) -> list[str]:
    """Return the path of every file below a folder, links and hidden ones too, in name order."""
    files = (path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in files)


def keep_file(raw: Path, new: Path, name: str) -> None:
    """Link a file that does not change into the new state; copy it where the disk cannot link."""
    target = new / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(raw / name, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(raw / name, target, follow_symlinks=False)


def swap(raw: Path, new: Path) -> None:
    """Put the new folder in the raw one's place; if that fails, the old one comes back."""
    _, old = staging_paths(raw)
    if raw.exists():
        os.rename(raw, old)
    try:
        os.rename(new, raw)
    except BaseException:
        if old.exists():
            os.rename(old, raw)
        raise
    if old.exists():
        shutil.rmtree(old)
