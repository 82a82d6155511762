"""Files at a URL, of any kind that fsspec reads: one file, a folder, or a pattern with *."""

import sys
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from lockstep.core.errors import DataError, LockstepError
from lockstep.core.schema import Source
from lockstep.data.raw_files import FETCHED, rows
from lockstep.sources.fetch_record import Record, entry, identity, show_url
from lockstep.sources.filesystem import filesystem, listed, reached, tag
from lockstep.sources.header import header


def found(source: Source) -> tuple[Any, dict[str, tuple[str, dict[str, Any]]]]:
    """The filesystem and its files. Raises DataError where there is none or a name is not possible."""
    url = source.url or ""
    with reached(url):
        fs, path = filesystem(url)
        files = listed(fs, path, urlsplit(url).scheme)
    if not files or "" in files:
        raise DataError(f"{show_url(url)} holds no file")
    for name in files:
        if (
            name == FETCHED
            or ".." in PurePosixPath(name).parts
            or PurePosixPath(name).is_absolute()
        ):
            raise DataError(f"{show_url(url)}: {name} cannot be the name of a raw file")
    return fs, files


def current(known: Record | None, name: str, info: dict[str, Any]) -> dict[str, Any] | None:
    """The record of a file that is the same there as when it was fetched; None where nobody can say so."""
    for one in known.files if known else []:
        same = tag(info) is not None and (one.get("tag"), one.get("size")) == (
            tag(info),
            info.get("size"),
        )
        if one["path"] == name and same:
            return one
    return None


def preview(source: Source, known: Record | None) -> str:
    """What a fetch would download."""
    _, files = found(source)
    todo = [name for name, (_, info) in files.items() if current(known, name, info) is None]
    shown_ = ", ".join(todo[:5]) + ", ..." * (len(todo) > 5)
    return f"{len(todo)} of {len(files)} files to read{': ' * bool(todo)}{shown_}"


def vanished(raw: Path, folder: Path, name: str) -> None:
    """Raise DataError that names a column which the file had before and has no longer."""
    before = header(raw / name) if (raw / name).is_file() else None
    now = header(folder / name)
    lost = [one for one in before if one not in now] if before and now else []
    if lost:
        raise DataError(
            f"{name}: column {lost[0]} was there before and is no longer; "
            "`python -m lockstep fetch --full` takes the source as it is now"
        )


def fetch(
    source: Source, before: Record | None, known: Record | None, raw: Path, new: Path
) -> Record:
    """Bring the files that are not known into the folder new; raw has those of last time.

    Raises DataError for a file that is empty or lost a column.
    """
    from fsspec.callbacks import TqdmCallback

    fs, files = found(source)
    records = []
    for name, (there, info) in files.items():
        same = current(known, name, info)
        if same:
            records.append(same)
            continue
        target = new / name
        target.parent.mkdir(parents=True, exist_ok=True)
        look = {"desc": name, "unit": "B", "unit_scale": True, "disable": not sys.stderr.isatty()}
        with reached(source.url or ""):
            fs.get_file(there, str(target), callback=TqdmCallback(tqdm_kwargs=look))
        size = target.stat().st_size
        if size == 0:
            raise DataError(f"{show_url(source.url or '')}: {name} is empty")
        if info.get("size") not in (None, size):
            raise LockstepError(
                f"{show_url(source.url or '')}: {name} came with {size:,} bytes of {info['size']:,}"
            )
        if before is not None:
            vanished(raw, new, name)
        more = {"size": info.get("size"), "tag": tag(info)}
        told = {key: value for key, value in more.items() if value is not None}
        records.append(entry(new, name, rows(target), **told))
    return Record(identity(source), records)
