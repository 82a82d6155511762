"""fetched.json: what a raw folder was fetched from, so that the next fetch takes only what is new."""

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from lockstep.core.files import read_json, sha256, write_json
from lockstep.core.schema import Source
from lockstep.data.raw_files import FETCHED


@dataclass(frozen=True)
class Record:
    """What fetched.json holds: no moment of the fetch and no secret, so an equal fetch is equal bytes."""

    source: dict[str, Any]
    files: list[dict[str, Any]]  # path, rows, sha256; from a URL also size and tag
    columns: dict[str, str] = field(
        default_factory=dict
    )  # of a query: Arrow's names of their types
    last: int | str | None = None  # the cursor's highest value

    def about(self) -> tuple[Any, ...]:
        """All but the files, whose tags may change while their bytes do not."""
        return self.source, self.columns, self.last


def show_url(url: str) -> str:
    """A URL without user, password and what follows a question mark, where signatures stand."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=host, query="", fragment="").geturl() if parts.netloc else url


def identity(source: Source) -> dict[str, Any]:
    """What must be the same for earlier files to be a part of the same snapshot."""
    if source.query is None:
        return {"kind": source.kind, "url": show_url(source.url or "")}
    found = {"kind": source.kind, "url_env": source.url_env, "cursor": source.cursor}
    return {**found, "query": hashlib.sha256(source.query.strip().encode()).hexdigest()}


def read(raw: Path) -> Record | None:
    """The record in a raw folder; None where nothing was fetched. Raises DataError if it is damaged."""
    if not (raw / FETCHED).exists():
        return None
    mend = "bring it back with `git checkout` or `dvc checkout`"
    return Record(**read_json(raw / FETCHED, "source", "files", mend=mend))


def write(folder: Path, record: Record) -> None:
    """Write the record into a folder, without what is empty."""
    write_json(folder / FETCHED, {key: value for key, value in asdict(record).items() if value})


def entry(folder: Path, path: str, rows: int | None, **more: Any) -> dict[str, Any]:
    """What the record says of one file."""
    return {"path": path, "rows": rows, "sha256": sha256(folder / path), **more}


def changed(raw: Path, record: Record) -> list[str]:
    """The recorded files that are absent now or not as they were fetched."""
    return [
        one["path"]
        for one in record.files
        if not (raw / one["path"]).is_file() or sha256(raw / one["path"]) != one["sha256"]
    ]
