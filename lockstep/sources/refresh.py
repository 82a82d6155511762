"""Refresh a raw folder whole from its source: a file, a folder or a query."""

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from lockstep.core.errors import DataError
from lockstep.core.files import sha256
from lockstep.core.schema import Source
from lockstep.data.raw_files import FETCHED
from lockstep.sources import snapshot
from lockstep.sources.fetch_record import (
    FetchRecord,
    changed_files,
    read_record,
    source_identity,
    write_record,
)
from lockstep.sources.query import Database


@dataclass(frozen=True)
class FetchResult:
    """What a fetch left in the raw folder; names are paths of files in it."""

    n_files: int
    n_rows: int | None  # of all files; None where one has a format whose rows are not counted
    changed: list[str] = field(default_factory=list)  # new or replaced
    removed: list[str] = field(default_factory=list)  # no longer at the source
    foreign: list[str] = field(default_factory=list)  # put there by no fetch, and left alone


def fetch(source: Source, raw: Path, full: bool = False) -> FetchResult:
    """Bring the raw folder up to date; on any failure it is left as it was.

    Parameters
    ----------
    source : Source
        Where the files come from.
    raw : Path
        The raw folder. Files in it that no fetch put there stay.
    full : bool
        Take the source as it is now, whatever was fetched before.

    Raises
    ------
    LockstepError
        In one line.
    """
    raw = Path(os.path.realpath(raw))
    snapshot.recover(raw)
    in_place = read_record_unless_damaged(raw, full)
    previous, reusable = earlier_records(source, raw, full)
    with snapshot.staging_folder(raw) as new:
        record = fetch_into(source, previous, reusable, raw, new)
        written = [path for path in record.paths if (new / path).exists()]
        foreign = find_foreign_files(raw, new, in_place, written)
        changed = [path for path in written if not has_same_bytes(raw / path, new / path)]
        old_paths = in_place.paths if in_place else []
        removed = [path for path in old_paths if path not in record.paths]
        if changed or removed or in_place is None or record.differs_in_content(in_place):
            unchanged = [path for path in record.paths if path not in written]
            for path in [*foreign, *unchanged]:
                snapshot.keep_file(raw, new, path)
            write_record(new, record)
            snapshot.swap(raw, new)
    counts = [file.rows for file in record.files]
    n_rows = None if None in counts else sum(count or 0 for count in counts)
    return FetchResult(len(record.files), n_rows, changed, removed, foreign)


def preview(source: Source, raw: Path, full: bool = False) -> str:
    """Return what fetch would take, for a person; nothing is written. The parameters are those of fetch."""
    previous, reusable = earlier_records(source, raw, full)
    if source.kind == "url":
        from lockstep.sources import url_files

        return url_files.preview(source, reusable)
    from lockstep.sources import query

    with open_database(source) as database:
        return query.preview(database, source, previous, reusable)


def read_record_unless_damaged(raw: Path, full: bool) -> FetchRecord | None:
    """Return the record in the raw folder; where it is damaged, only a full fetch goes on, with None."""
    try:
        return read_record(raw)
    except DataError:
        if not full:
            raise
        return None


def earlier_records(
    source: Source, raw: Path, full: bool
) -> tuple[FetchRecord | None, FetchRecord | None]:
    """Return the last fetch, and what of it can stay.

    Returns
    -------
    previous : FetchRecord or None
        The last fetch, of whatever source; None where there is none, or all is to be fetched again.
    reusable : FetchRecord or None
        Those of its files that can stay; None where it was of another source, or is to be replaced whole.

    Raises
    ------
    DataError
        If a partition is not as it was fetched, so that none can be added to it.
    """
    if full:
        return None, None
    previous = read_record(raw)
    if previous is None or previous.source != source_identity(source):
        return previous, None
    broken = changed_files(raw, previous)
    if source.query is None:
        intact = [file for file in previous.files if file.path not in broken]
        return previous, FetchRecord(previous.source, intact)
    if source.cursor is None:
        return previous, None
    if broken:
        raise DataError(
            f"{raw / broken[0]} is not as it was fetched; bring it back with `git checkout` or "
            "`dvc checkout`, or `python -m lockstep fetch --full` takes everything again"
        )
    return previous, previous


def fetch_into(
    source: Source, previous: FetchRecord | None, reusable: FetchRecord | None, raw: Path, new: Path
) -> FetchRecord:
    """Fetch what is new into a folder, by the source's kind.

    Parameters
    ----------
    source : Source
        Where the files come from.
    previous, reusable : FetchRecord or None
        As earlier_records returns them.
    raw, new : Path
        The raw folder as it is, and the folder to fetch into.
    """
    if source.kind == "url":
        from lockstep.sources import url_files

        return url_files.fetch_files(source, previous, reusable, raw, new)
    from lockstep.sources import query_rows

    with open_database(source) as database:
        return query_rows.fetch_rows(database, source, previous, reusable, new)


def open_database(source: Source) -> AbstractContextManager[Database]:
    """Open the database of a query, by the source's kind."""
    from lockstep.sources import database, duckdb_files

    is_sql = source.kind == "sql"
    return database.open_database(source) if is_sql else duckdb_files.open_database(source)


def has_same_bytes(old: Path, new: Path) -> bool:
    """Return whether a file was there before with the same bytes."""
    is_there = old.is_symlink() or old.is_file()
    return is_there and sha256(new) == sha256(old)


def find_foreign_files(
    raw: Path, new: Path, in_place: FetchRecord | None, written: list[str]
) -> list[str]:
    """Return the files that no fetch put in the raw folder, which stay.

    Parameters
    ----------
    raw, new : Path
        The raw folder as it is, and the folder that was fetched into.
    in_place : FetchRecord or None
        The record in the raw folder.
    written : list of str
        Paths that were fetched now.

    Raises
    ------
    DataError
        If one of them would be overwritten.
    """
    if not raw.is_dir():
        return []
    fetched = {FETCHED, *(in_place.paths if in_place else [])}
    foreign = [path for path in snapshot.list_files(raw) if path not in fetched]
    for path in foreign:
        if path in written and sha256(new / path) != sha256(raw / path):
            raise DataError(
                f"{raw / path} is there already and no fetch put it there; move it away first"
            )
    return [path for path in foreign if path not in written]
