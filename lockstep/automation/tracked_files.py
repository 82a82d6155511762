"""What Git tracks: names, sizes, the files as they stand in the index; and what it should track."""

from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.repository.dvc_internals import is_dvc_data, stages_by_dependency
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


def untracked_dependencies(repo: "Repo") -> list[str]:
    """Return a line for each dependency in the work tree that Git does not track: a clone lacks it."""
    stages_by_path = stages_by_dependency(repo)
    if not stages_by_path:
        return []
    listing = ("git", "ls-files", "--others", "-z", "--", *stages_by_path)
    untracked = shell(Path(repo.root_dir), *listing, GIT_LITERAL_PATHSPECS="1").split("\0")
    lines = []
    for name in filter(None, untracked):
        if is_dvc_data(repo, name):
            continue
        users = [
            stage
            for path, stages in stages_by_path.items()
            if within(name, path)
            for stage in stages
        ]
        lines.append(
            f"{name}: a dependency of {', '.join(users)} that Git does not track, so a clone lacks it; "
            f"`git add -f {name}`, or delete it"
        )
    return lines
