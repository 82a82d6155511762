"""fetched.json: what a raw folder was fetched from, so that the next fetch takes only what is new."""

import hashlib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lockstep.core.files import read_json, sha256, write_json
from lockstep.core.safe_paths import relative_path
from lockstep.core.schema import Source
from lockstep.core.urls import show_url
from lockstep.data.raw_files import FETCHED


@dataclass(frozen=True)
class FetchedFile:
    """A fetched file, by the keys of fetched.json."""

    path: str  # in the raw folder
    rows: int | None  # None: of a format whose rows are not counted
    sha256: str
    size: int | None = None  # as the server gives it
    tag: str | None = None  # what the server changes with the file
    url: str | None = None  # where redirects led; None: to no other place


@dataclass(frozen=True)
class FetchRecord:
    """The content of fetched.json: no time and no secret, so that an equal fetch makes equal bytes."""

    source: dict[str, Any]
    files: list[FetchedFile]
    columns: dict[str, str] = field(
        default_factory=dict
    )  # of a query: Arrow's names of their types
    last: int | str | None = None  # the cursor's highest value

    @property
    def paths(self) -> list[str]:
        """The files' paths in the raw folder."""
        return [file.path for file in self.files]

    def differs_in_content(self, other: "FetchRecord") -> bool:
        """Return whether two records differ beyond their files, whose tags may change without their bytes."""
        return (self.source, self.columns, self.last) != (other.source, other.columns, other.last)


def source_identity(source: Source) -> dict[str, Any]:
    """Return what must be equal for earlier files to be a part of the same snapshot."""
    if source.query is None:
        return {"kind": source.kind, "url": show_url(source.url or "")}
    query = hashlib.sha256(source.query.strip().encode()).hexdigest()
    return {
        "kind": source.kind,
        "url_env": source.url_env,
        "cursor": source.cursor,
        "query": query,
    }


def read_record(raw: Path) -> FetchRecord | None:
    """Read the record in a raw folder; None where nothing was fetched. Raises DataError if it is damaged."""
    if not (raw / FETCHED).exists():
        return None
    hint = "bring it back with `git checkout` or `dvc checkout`"
    record = read_json(raw / FETCHED, "source", "files", remedy=hint)
    files = [FetchedFile(**file) for file in record["files"]]
    for file in files:
        relative_path(file.path, f"{raw / FETCHED}")
    return FetchRecord(**{**record, "files": files})


def write_record(folder: Path, record: FetchRecord) -> None:
    """Write the record into a folder, without what is empty."""
    content = {key: value for key, value in asdict(record).items() if value}
    content["files"] = [
        {key: value for key, value in asdict(file).items() if value is not None or key == "rows"}
        for file in record.files
    ]
    write_json(folder / FETCHED, content)


def describe_file(
    folder: Path,
    path: str,
    rows: int | None,
    size: int | None = None,
    tag: str | None = None,
    url: str | None = None,
) -> FetchedFile:
    """Return the record of a file that was just fetched.

    Parameters
    ----------
    folder : Path
        Where the file is.
    path : str
        Its path in the folder.
    rows : int or None
        None for a format whose rows are not counted.
    size, tag : optional
        As the server gives them.
    url : str, optional
        Where redirects led.
    """
    return FetchedFile(path, rows, sha256(folder / path), size, tag, url)


def changed_files(raw: Path, record: FetchRecord) -> list[str]:
    """Return the recorded files that are absent, or not as they were fetched."""
    return [
        file.path
        for file in record.files
        if not (raw / file.path).is_file() or sha256(raw / file.path) != file.sha256
    ]
