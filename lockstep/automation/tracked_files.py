"""What Git tracks: names, sizes, the files as they stand in the index; and what it should track."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.repository.paths import within
from lockstep.repository.programs import shell

if TYPE_CHECKING:
    from dvc.repo import Repo


def working(root: Path) -> dict[str, int]:
    """Every file that Git tracks and that is there, with its size in bytes; links aside."""
    listed = shell(root, "git", "ls-files", "-z").split("\0")
    places = {name: root / name for name in listed if name}
    return {
        name: place.stat().st_size
        for name, place in places.items()
        if place.is_file() and not place.is_symlink()
    }


def staged(root: Path) -> dict[str, int]:
    """Every file that `git commit` would take, with its size in bytes; links and submodules aside."""
    listed = shell(root, "git", "ls-files", "--stage", "-z").split("\0")
    rows = [(row.split("\t", 1)[1], *row.split(" ", 2)[:2]) for row in listed if row]
    objects = {name: value for name, mode, value in rows if mode.startswith("100")}
    asked = "\n".join(objects.values()) + "\n" if objects else ""
    sizes = shell(root, "git", "cat-file", "--batch-check=%(objectsize)", content=asked).split()
    return dict(zip(objects, map(int, sizes), strict=True))


def export(root: Path, names: list[str], folder: Path) -> None:
    """Write files as the index has them to another folder."""
    asked = "\0".join(names) + "\0" if names else ""
    shell(root, "git", "checkout-index", f"--prefix={folder}/", "-z", "--stdin", content=asked)


def strangers(repo: "Repo", places: dict[str, list[str]], outs: Iterable[str]) -> list[str]:
    """Files that count as dependencies and that Git does not track, a line each: a clone lacks them.

    places names the stages by the path that they depend on; outs are the places of what DVC's cache holds.
    """
    if not places:
        return []
    listing = ("git", "ls-files", "--others", "-z", "--", *places)
    found = []
    for name in filter(
        None, shell(Path(repo.root_dir), *listing, GIT_LITERAL_PATHSPECS="1").split("\0")
    ):
        place = repo.fs.join(repo.root_dir, name)
        if any(place == out or repo.fs.isin(place, out) for out in outs):
            continue
        if not repo.dvcignore.is_ignored(repo.fs, place):
            users = [
                stage for path, stages in places.items() if within(name, path) for stage in stages
            ]
            found.append(
                f"{name}: a dependency of {', '.join(users)} that Git does not track, so a clone lacks it; "
                f"`git add -f {name}`, or delete it"
            )
    return found
