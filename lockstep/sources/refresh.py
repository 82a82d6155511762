"""Where raw files come from: a folder of them is refreshed whole from a file, a folder or a query."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from lockstep.core.errors import DataError
from lockstep.core.files import sha256
from lockstep.core.schema import Source
from lockstep.data.raw_files import FETCHED
from lockstep.sources import fetch_record, snapshot
from lockstep.sources.fetch_record import Record


@dataclass(frozen=True)
class Fetched:
    """What a fetch left in the raw folder; all names are of files, from that folder."""

    files: int
    rows: int | None  # of all files; None where one of them has a format that is not counted
    new: list[str] = field(default_factory=list)  # written or replaced
    gone: list[str] = field(default_factory=list)  # there before, no longer at the source
    kept: list[str] = field(default_factory=list)  # put there by somebody else, and left alone


def earlier(source: Source, raw: Path, full: bool) -> tuple[Record | None, Record | None]:
    """What was fetched last, and the same if it is of this very source, as files that can stay.

    Raises DataError that names a partition which is not as it was fetched: none can be added to it.
    """
    if full:
        return None, None
    before = fetch_record.read(raw)
    if before is None or before.source != fetch_record.identity(source):
        return before, None
    broken = fetch_record.changed(raw, before)
    if source.query is None:
        fine = [one for one in before.files if one["path"] not in broken]
        return before, Record(before.source, fine)
    if source.cursor is None:
        return before, None
    if broken:
        raise DataError(
            f"{raw / broken[0]} is not as it was fetched; bring it back with `git checkout` or "
            "`dvc checkout`, or `python -m lockstep fetch --full` takes everything again"
        )
    return before, before


def taken(
    source: Source, before: Record | None, known: Record | None, raw: Path, new: Path
) -> Record:
    """Fetch by the source's kind into the folder new."""
    if source.kind == "url":
        from lockstep.sources import url_files

        return url_files.fetch(source, before, known, raw, new)
    from lockstep.sources import database, duckdb_files, query_rows

    with (database if source.kind == "sql" else duckdb_files).opened(source) as opened:
        return query_rows.fetch(opened, source, before, known, new)


def preview(source: Source, raw: Path, full: bool = False) -> str:
    """What fetch would take, in words; nothing is written."""
    before, known = earlier(source, raw, full)
    if source.kind == "url":
        from lockstep.sources import url_files

        return url_files.preview(source, known)
    from lockstep.sources import database, duckdb_files, query

    with (database if source.kind == "sql" else duckdb_files).opened(source) as opened:
        return query.preview(opened, source, before, known)


def recorded(raw: Path, full: bool) -> Record | None:
    """What fetched.json says; a whole new fetch goes on where it is damaged."""
    try:
        return fetch_record.read(raw)
    except DataError:
        if not full:
            raise
        return None


def strangers(raw: Path, new: Path, had: Record | None, written: list[str]) -> list[str]:
    """Files that no fetch put there, which stay. Raises DataError where one would be overwritten."""
    ours = {FETCHED, *(one["path"] for one in (had.files if had else []))}
    names = [name for name in snapshot.names(raw) if name not in ours] if raw.is_dir() else []
    for name in (one for one in names if one in written):
        if sha256(new / name) != sha256(raw / name):
            raise DataError(
                f"{raw / name} is there already and no fetch put it there; move it away first"
            )
    return [name for name in names if name not in written]


def fetch(source: Source, raw: Path, full: bool = False) -> Fetched:
    """Bring the raw folder up to date; on any failure it is left as it was.

    Files that no fetch put there stay. full takes the source as it is now, whatever was fetched before.
    Raises LockstepError in one line.
    """
    raw = Path(os.path.realpath(raw))
    snapshot.recover(raw)
    had, (before, known) = recorded(raw, full), earlier(source, raw, full)
    with snapshot.prepared(raw) as new:
        now = taken(source, before, known, raw, new)
        written = [one["path"] for one in now.files if (new / one["path"]).exists()]
        kept = strangers(raw, new, had, written)
        old = set(snapshot.names(raw)) if raw.is_dir() else set()
        changed = [
            one for one in written if one not in old or sha256(new / one) != sha256(raw / one)
        ]
        paths = [one["path"] for one in now.files]
        gone = [one["path"] for one in (had.files if had else []) if one["path"] not in paths]
        if changed or gone or had is None or had.about() != now.about():
            for name in [*kept, *(one for one in paths if one not in written)]:
                snapshot.stays(raw, new, name)
            fetch_record.write(new, now)
            snapshot.swap(raw, new)
    rows = [one["rows"] for one in now.files]
    return Fetched(len(paths), None if None in rows else sum(rows), changed, gone, kept)
