"""The filesystems that fsspec reads, and what each knows of the files at a URL before they are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from lockstep.core.errors import ConfigError, DataError, LockstepError, is_full
from lockstep.core.urls import check_url, hide_urls, links, scheme, show_url
from lockstep.sources.redirects import checked_redirects

WEB = ("http", "https")
EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "abfs": "azure", "abfss": "azure"}
EXTRAS |= {"az": "azure", "adl": "azure", "ssh": "ssh", "sftp": "ssh"}
TAGS = ("ETag", "etag", "Last-Modified", "LastModified", "last_modified", "updated")
# Seconds without a byte, until a server is given up; a long transfer is no reason to.
TIMEOUT = 60


class RemoteFile(NamedTuple):
    """A file at a URL: its path in the filesystem, and what that knows of it."""

    path: str
    info: dict[str, Any]

    @property
    def size(self) -> int | None:
        """Its size in bytes; None where the server does not give it."""
        return self.info.get("size")

    @property
    def tag(self) -> str | None:
        """What the server changes with the file: its ETag, else its time of modification."""
        value = next((self.info[key] for key in TAGS if self.info.get(key)), None)
        if value is None:
            return None
        return value.isoformat() if isinstance(value, datetime) else str(value)

    @property
    def redirected_to(self) -> str | None:
        """Where redirects of a web server led, without a query; None where that is the path itself."""
        place = show_url(str(self.info.get("url") or self.path))
        return None if place == show_url(self.path) or scheme(place) not in WEB else place


@contextmanager
def explain_errors(url: str) -> Iterator[None]:
    """Turn any error into one line that says that the URL cannot be read, without a secret in it."""
    try:
        yield
    except LockstepError:
        raise
    except FileNotFoundError as error:
        if isinstance(error.__cause__, LockstepError):  # a redirect; fsspec calls any failure so
            raise error.__cause__ from error
        raise DataError(f"{show_url(url)} is not there (404, or no such file)") from error
    except Exception as error:
        if is_full(error):
            raise
        cause = " ".join(str(error).split()) or type(error).__name__
        cause = hide_urls(cause.replace(url, show_url(url)))
        raise LockstepError(f"{show_url(url)} cannot be read: {cause}") from error


def open_filesystem(url: str) -> tuple[Any, str]:
    """Return the filesystem of a URL, and the URL's path in it.

    Raises ConfigError that names the extra to install, or the schemes that are allowed; and for a URL with
    a credential in it.
    """
    import fsspec
    from fsspec.core import url_to_fs

    check_url("dataset.source.url", url)
    protocol = scheme(url) or "file"
    protocols = [scheme(link) for link in links(url)]
    options = {name: web_options() for name in protocols if name in WEB}
    try:
        fs, path = url_to_fs(url, use_listings_cache=False, skip_instance_cache=True, **options)
    except ImportError as error:
        extra = EXTRAS.get(protocol)
        hint = f"install the extra {extra} of pyproject.toml" if extra else error
        raise ConfigError(
            f"dataset.source.url: {protocol}:// needs a package that is not installed; {hint}"
        ) from error
    except ValueError as error:
        if protocol in fsspec.available_protocols():
            raise
        known = ", ".join(f"{name}://" for name in ("https", *EXTRAS))
        raise ConfigError(
            f"dataset.source.url: {protocol}:// is unknown; allowed: a path, {known}"
        ) from error
    return fs, path


def web_options() -> dict[str, Any]:
    """Return the options of fsspec for a web server.

    There is no limit on the whole transfer, which may be large; a file comes as it is, not compressed for
    the transfer. Each redirect is checked.
    """
    import aiohttp

    timeout = aiohttp.ClientTimeout(total=None, sock_connect=TIMEOUT, sock_read=TIMEOUT)
    return {
        "client_kwargs": {
            "timeout": timeout,
            "trust_env": True,
            "trace_configs": [checked_redirects()],
        },
        "headers": {"Accept-Encoding": "identity"},
    }


def list_remote_files(fs: Any, path: str, scheme: str) -> dict[str, RemoteFile]:
    """Return the files to fetch: one file, those of a folder, or those that match a pattern.

    Parameters
    ----------
    fs : fsspec.AbstractFileSystem
        The filesystem.
    path : str
        In the filesystem: a file, a folder, or a pattern with *.
    scheme : str
        Of the URL: a web server has no folders, but pages that list files.

    Returns
    -------
    dict of RemoteFile
        By the name that each file gets in the raw folder.
    """
    is_web = scheme in WEB
    if "*" in path:
        infos = fs.glob(path, detail=True)
        if is_web:
            infos = {same_scheme(name, path): info for name, info in infos.items()}
        base = path.split("*")[0].rpartition("/")[0]
    elif is_web and not path.endswith("/"):
        name = PurePosixPath(unquote(urlsplit(path).path)).name
        return {name: RemoteFile(path, fs.info(path))}
    elif is_web:
        infos = {same_scheme(info["name"], path): info for info in fs.ls(path, detail=True)}
        base = path.rstrip("/")
    elif fs.isdir(path):
        infos = fs.find(path, detail=True)
        base = path.rstrip("/")
    else:
        return {PurePosixPath(path).name: RemoteFile(path, fs.info(path))}
    files = {}
    for remote_path, info in sorted(infos.items()):
        name = remote_path
        if name.startswith(base):
            name = name[len(base) :].lstrip("/")
        name = unquote(name) if is_web else name
        if info.get("type", "file") == "file" and is_file_name(name):
            files[name] = RemoteFile(remote_path, fs.info(remote_path) if is_web else info)
    return files


def same_scheme(link: str, page: str) -> str:
    """Return a link of a page with the page's scheme: fsspec takes http for https on the same host."""
    return f"{page.partition('://')[0]}://{link.partition('://')[2]}"


def is_file_name(name: str) -> bool:
    """Return whether a listed name is that of a file which is not hidden."""
    is_hidden = any(part.startswith(".") for part in PurePosixPath(name).parts)
    return bool(name) and not is_hidden and not name.endswith("/")
