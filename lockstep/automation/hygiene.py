"""What should not lie in Git, each thing named in one line that says what to do.

Pure functions of the names that Git tracks, their sizes, and the text of some. The names may be those of the
index, of the working tree or of a commit: lockstep.automation.tracked_files lists them.
"""

import json
import posixpath
from collections.abc import Iterable, Iterator
from typing import Any

from lockstep.repository.paths import within

LARGE = 10 * 1024**2  # bytes; Git keeps every version of a file for ever
# What DVC, the commands or tools write for this machine alone.
PRIVATE = (
    ".dvc/tmp/",
    ".dvc/cache/",
    ".dvc/config.local",
    ".cache/",
    ".venv/",
    ".mypy_cache/",
    ".ruff_cache/",
    ".pytest_cache/",
    ".hypothesis/",
)
Output = tuple[
    str, str, str, bool
]  # who writes it, outs or metrics or plots, its path, in DVC's cache


def private(names: Iterable[str]) -> list[str]:
    """Folders and files that are nobody else's."""
    found = {place: [name for name in names if name.startswith(place)] for place in PRIVATE}
    return [
        f"{place.rstrip('/')}: private to a machine ({len(files)} {'file' if len(files) == 1 else 'files'} "
        f"in Git); `git rm -r --cached {place.rstrip('/')}`"
        for place, files in found.items()
        if files
    ]


def large(sizes: dict[str, int]) -> list[str]:
    """Files whose every version Git would keep for ever."""
    return [
        f"{name}: {size / 1024**2:.0f} MB in Git, more than {LARGE // 1024**2}; "
        f"`git rm --cached {name}`, then `dvc add {name}`"
        for name, size in sizes.items()
        if size > LARGE
    ]


def notebook(name: str, text: str) -> list[str]:
    """What a notebook was left with by its last run."""
    mend = f"`jupyter nbconvert --clear-output --inplace {name}`"
    try:
        cells = json.loads(text)["cells"]
        run = [one for one in cells if one.get("outputs") or one.get("execution_count") is not None]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [f"{name}: not a notebook's JSON of version 4; save it again in Jupyter"]
    if not run:
        return []
    return [f"{name}: outputs or execution counts in {len(run)} of {len(cells)} cells; {mend}"]


def outputs(file: str, pipeline: dict[str, Any]) -> Iterator[Output]:
    """What the stages of a dvc.yaml write; names that DVC fills in later ($) are left out."""
    for name, stage in (pipeline.get("stages") or {}).items():
        for kind in ("outs", "metrics", "plots"):
            for one in stage.get(kind) or []:
                path, flags = next(iter(one.items())) if isinstance(one, dict) else (one, None)
                folder = posixpath.join(posixpath.dirname(file), stage.get("wdir") or "")
                if "$" not in path + folder:
                    place = posixpath.normpath(posixpath.join(folder, path))
                    yield name, kind, place, (flags or {}).get("cache", True)


def added(file: str, content: dict[str, Any]) -> Iterator[Output]:
    """What a .dvc file keeps."""
    for out in content.get("outs") or []:
        place = posixpath.normpath(posixpath.join(posixpath.dirname(file), out["path"]))
        yield file, "outs", place, out.get("cache", True)


def misplaced(found: Iterable[Output], names: set[str], run: set[str]) -> list[str]:
    """Outputs that are in the wrong one of Git and DVC's cache; run names the stages that ran once."""
    lines = []
    for writer, kind, path, cached in found:
        inside = [name for name in names if within(name, path)]
        if kind == "metrics" and cached:
            lines.append(
                f"{path}: a metrics file of {writer} in DVC's cache, where no reviewer sees it; "
                "give it {cache: false} in dvc.yaml, then `dvc repro`"
            )
        elif cached and inside:
            lines.append(
                f"{path}: in Git ({len(inside)} {'file' if len(inside) == 1 else 'files'}) and in DVC's "
                f"cache, by {writer}; `git rm -r --cached {path}`"
            )
        elif kind == "metrics" and not inside and writer in run:
            lines.append(
                f"{path}: a metrics file of {writer} that Git lacks; `git add -f {path}`, after `dvc repro` "
                "where it is absent"
            )
    return lines
