"""A raw folder is replaced whole or not at all, also where a fetch was killed halfway."""

from pathlib import Path

import pytest

from lockstep.sources.snapshot import (
    keep_file,
    list_files,
    recover,
    staging_folder,
    staging_paths,
    swap,
)


def write(folder: Path, text: str) -> Path:
    """Write one file into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.csv").write_text(text, encoding="utf-8")
    return folder


def read(folder: Path) -> str:
    """Return the text of the one file."""
    return (folder / "a.csv").read_text(encoding="utf-8")


def test_the_new_state_takes_the_place_of_the_old(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", "old")
    with staging_folder(raw) as new:
        swap(raw, write(new, "new"))
    assert read(raw) == "new" and [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_a_failure_leaves_the_old_state_and_nothing_beside_it(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", "old")
    with pytest.raises(RuntimeError), staging_folder(raw) as new:
        write(new, "half")
        raise RuntimeError
    assert read(raw) == "old" and [path.name for path in tmp_path.iterdir()] == ["raw"]


def test_a_first_fetch_that_fails_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), staging_folder(tmp_path / "data/raw"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_a_swap_that_fails_brings_the_old_state_back(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", "old")
    with pytest.raises(FileNotFoundError):
        swap(raw, tmp_path / "nowhere")
    assert read(raw) == "old"


def test_what_a_kill_left_is_undone(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    new, old = staging_paths(raw)
    # Killed between the two renames.
    write(old, "old")
    write(new, "half")
    recover(raw)
    assert read(raw) == "old" and not new.exists() and not old.exists()
    # Killed after them.
    write(old, "old")
    write(raw, "new")
    recover(raw)
    assert read(raw) == "new" and not old.exists()


def test_a_file_that_does_not_change_is_linked(tmp_path: Path) -> None:
    raw, new = write(tmp_path / "raw/sub", "same").parent, tmp_path / "new"
    keep_file(raw, new, "sub/a.csv")
    assert list_files(new) == ["sub/a.csv"]
    assert (new / "sub/a.csv").stat().st_ino == (raw / "sub/a.csv").stat().st_ino
