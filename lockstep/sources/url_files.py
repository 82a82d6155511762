"""Files at a URL, of any kind that fsspec reads: one file, a folder, or a pattern with *."""

import sys
from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError, LockstepError
from lockstep.core.escaping import terminal_text
from lockstep.core.safe_paths import path_below, relative_path
from lockstep.core.schema import Source
from lockstep.core.urls import scheme, show_url
from lockstep.data.raw_files import FETCHED, rows
from lockstep.sources.fetch_record import (
    FetchedFile,
    FetchRecord,
    describe_file,
    source_identity,
)
from lockstep.sources.filesystem import (
    RemoteFile,
    explain_errors,
    list_remote_files,
    open_filesystem,
)
from lockstep.sources.header import read_header

MAX_LISTED = 5  # files in a preview


def find_remote_files(source: Source) -> tuple[Any, dict[str, RemoteFile]]:
    """Return the source's filesystem and files.

    Raises DataError where there is no file, or one has a name that a raw file cannot have.
    """
    url = source.url or ""
    with explain_errors(url):
        fs, path = open_filesystem(url)
        files = list_remote_files(fs, path, scheme(url) or "file")
    if not files or "" in files:
        raise DataError(f"{show_url(url)} holds no file")
    for name in files:
        relative_path(name, show_url(url))
        if name == FETCHED or not name.isprintable():
            raise DataError(f"{show_url(url)}: {name!r} cannot be the name of a raw file")
    return fs, files


def find_unchanged(
    reusable: FetchRecord | None, name: str, remote: RemoteFile
) -> FetchedFile | None:
    """Return the record of a file that has not changed since it was fetched; None where that is not sure.

    Parameters
    ----------
    reusable : FetchRecord or None
        The last fetch, if its files can stay.
    name : str
        Of the file in the raw folder.
    remote : RemoteFile
        The file at the source.
    """
    if remote.tag is None:
        return None
    for file in reusable.files if reusable else []:
        if file.path == name and (file.tag, file.size) == (remote.tag, remote.size):
            return file
    return None


def preview(source: Source, reusable: FetchRecord | None) -> str:
    """Return what a fetch would download, for a person."""
    _, files = find_remote_files(source)
    names = [
        name for name, remote in files.items() if find_unchanged(reusable, name, remote) is None
    ]
    listed = ", ".join(names[:MAX_LISTED]) + ", ..." * (len(names) > MAX_LISTED)
    return f"{len(names)} of {len(files)} files to read{': ' * bool(names)}{listed}"


def check_columns_kept(raw: Path, folder: Path, name: str) -> None:
    """Check that a file has the columns that it had before.

    Parameters
    ----------
    raw, folder : Path
        The raw folder as it is, and the folder that was fetched into.
    name : str
        Of the file, in both.

    Raises
    ------
    DataError
        With the name of a column that is lost.
    """
    old_columns = read_header(raw / name) if (raw / name).is_file() else None
    new_columns = read_header(folder / name)
    if not old_columns or not new_columns:
        return
    lost = [column for column in old_columns if column not in new_columns]
    if lost:
        raise DataError(
            f"{name}: column {lost[0]} was there before and is no longer; "
            "`python -m lockstep fetch --full` takes the source as it is now"
        )


def fetch_files(
    source: Source, previous: FetchRecord | None, reusable: FetchRecord | None, raw: Path, new: Path
) -> FetchRecord:
    """Download the files that have changed.

    Parameters
    ----------
    source : Source
        Has the URL.
    previous : FetchRecord or None
        The last fetch, of whatever source.
    reusable : FetchRecord or None
        The same, if its files can stay.
    raw, new : Path
        The raw folder as it is, and the folder to download to.

    Returns
    -------
    FetchRecord
        Of all files, changed or not.

    Raises
    ------
    DataError
        If a file is empty, or lost a column.
    LockstepError
        If a file came incomplete.
    """
    fs, remote_files = find_remote_files(source)
    files = []
    for name, remote in remote_files.items():
        file = find_unchanged(reusable, name, remote)
        if file is None:
            download(fs, source.url or "", remote, new, name)
            if previous is not None:
                check_columns_kept(raw, new, name)
            n_rows, place = rows(new / name), remote.redirected_to
            file = describe_file(new, name, n_rows, remote.size, remote.tag, place)
        files.append(file)
    return FetchRecord(source_identity(source), files)


def download(fs: Any, url: str, remote: RemoteFile, folder: Path, name: str) -> None:
    """Download a file into a folder, with a progress bar.

    Raises DataError if it is empty, LockstepError if it came incomplete.
    """
    from fsspec.callbacks import TqdmCallback

    target = path_below(folder, name, show_url(url))
    target.parent.mkdir(parents=True, exist_ok=True)
    progress = {
        "desc": terminal_text(name),
        "unit": "B",
        "unit_scale": True,
        "disable": not sys.stderr.isatty(),
    }
    with explain_errors(url):
        fs.get_file(remote.path, str(target), callback=TqdmCallback(tqdm_kwargs=progress))
    size = target.stat().st_size
    if size == 0:
        raise DataError(f"{show_url(url)}: {name} is empty")
    if remote.size not in (None, size):
        raise LockstepError(f"{show_url(url)}: {name} came with {size:,} bytes of {remote.size:,}")
