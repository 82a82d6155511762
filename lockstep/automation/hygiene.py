"""Files that should not be in Git, each named in one line that says what to do.

Pure functions of the names that Git tracks, their sizes, and the text of some. The names may be those of the
index, of the working tree or of a commit: lockstep.automation.tracked_files lists them.
"""

import json
import posixpath
from collections.abc import Iterable, Iterator
from typing import Any

from lockstep.repository.paths import within

LARGE = 10 * 1024**2  # bytes; Git keeps every version of a file for ever
# Files that DVC, the commands or tools write for this machine alone.
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


def find_private(names: Iterable[str]) -> list[str]:
    """Return a line for each private place that has files in Git."""
    files_by_place = {
        place: [name for name in names if name.startswith(place)] for place in PRIVATE
    }
    return [
        f"{place.rstrip('/')}: private to a machine ({len(files)} {'file' if len(files) == 1 else 'files'} "
        f"in Git); `git rm -r --cached {place.rstrip('/')}`"
        for place, files in files_by_place.items()
        if files
    ]


def find_large(sizes: dict[str, int]) -> list[str]:
    """Return a line for each file too large for Git, which keeps every version for ever."""
    return [
        f"{name}: {size / 1024**2:.0f} MB in Git, more than {LARGE // 1024**2}; "
        f"`git rm --cached {name}`, then `dvc add {name}`"
        for name, size in sizes.items()
        if size > LARGE
    ]


def notebook_outputs(name: str, text: str) -> list[str]:
    """Return a line if the notebook holds outputs of its last run, or cannot be read."""
    remedy = f"`jupyter nbconvert --clear-output --inplace {name}`"
    try:
        cells = json.loads(text)["cells"]
        run_cells = [
            cell for cell in cells if cell.get("outputs") or cell.get("execution_count") is not None
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return [f"{name}: not a notebook's JSON of version 4; save it again in Jupyter"]
    if not run_cells:
        return []
    counts = f"{len(run_cells)} of {len(cells)}"
    return [f"{name}: outputs or execution counts in {counts} cells; {remedy}"]


def pipeline_outputs(file: str, pipeline: dict[str, Any]) -> Iterator[Output]:
    """Yield the outputs of the stages of a dvc.yaml; names that DVC fills in later ($) are left out."""
    for name, stage in (pipeline.get("stages") or {}).items():
        for kind in ("outs", "metrics", "plots"):
            for entry in stage.get(kind) or []:
                path, flags = (
                    next(iter(entry.items())) if isinstance(entry, dict) else (entry, None)
                )
                folder = posixpath.join(posixpath.dirname(file), stage.get("wdir") or "")
                if "$" not in path + folder:
                    place = posixpath.normpath(posixpath.join(folder, path))
                    yield name, kind, place, (flags or {}).get("cache", True)


def dvc_file_outputs(file: str, content: dict[str, Any]) -> Iterator[Output]:
    """Yield the outputs of a .dvc file."""
    for out in content.get("outs") or []:
        place = posixpath.normpath(posixpath.join(posixpath.dirname(file), out["path"]))
        yield file, "outs", place, out.get("cache", True)


def misplaced_outputs(outputs: Iterable[Output], names: set[str], ran: set[str]) -> list[str]:
    """Return a line for each output that is in the wrong one of Git and DVC's cache.

    Parameters
    ----------
    outputs : iterable of Output
        Outputs of the dvc.yaml and .dvc files.
    names : set of str
        The files that Git tracks.
    ran : set of str
        The stages that ran once.
    """
    lines = []
    for writer, kind, path, cached in outputs:
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
        elif kind == "metrics" and not inside and writer in ran:
            lines.append(
                f"{path}: a metrics file of {writer} that Git lacks; `git add -f {path}`, after `dvc repro` "
                "where it is absent"
            )
    return lines
