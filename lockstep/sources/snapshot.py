"""A raw folder is replaced whole or not at all: its new state is made beside it and swapped in."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path


def beside(raw: Path) -> tuple[Path, Path]:
    """Where the new state is made, and where the old one waits while the new one takes its place."""
    return raw.with_name(f"{raw.name}.part"), raw.with_name(f"{raw.name}.old.part")


def recover(raw: Path) -> None:
    """Undo what a killed fetch left: the old state comes back, unless the new one is in place."""
    new, old = beside(raw)
    if old.exists() and not raw.exists():
        os.rename(old, raw)
    for left in (new, old):
        if left.exists():
            shutil.rmtree(left)


@contextlib.contextmanager
def prepared(raw: Path) -> Iterator[Path]:
    """An empty folder beside the raw one, on the same disk; gone at the end, swapped in or not."""
    new, _ = beside(raw)
    there = raw.parent.is_dir()
    new.mkdir(parents=True)
    try:
        yield new
    finally:
        shutil.rmtree(new, ignore_errors=True)
        if not there:
            with contextlib.suppress(OSError):
                raw.parent.rmdir()  # only if it is empty


def names(folder: Path) -> list[str]:
    """Every file below a folder, links and hidden ones too, in name order."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    return sorted(path.relative_to(folder).as_posix() for path in found)


def stays(raw: Path, new: Path, name: str) -> None:
    """Put a file that does not change into the new state, without a copy where the disk can do so."""
    target = new / name
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(raw / name, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(raw / name, target, follow_symlinks=False)


def swap(raw: Path, new: Path) -> None:
    """The new folder takes the raw one's place; if it cannot, the old one is back there."""
    _, old = beside(raw)
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
