"""The filesystems that fsspec reads, and what each tells of the files at a URL before they are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from lockstep.core.errors import ConfigError, DataError, LockstepError, is_full
from lockstep.sources.fetch_record import show_url

WEB = ("http", "https")
EXTRAS = {"s3": "s3", "s3a": "s3", "gs": "gcs", "gcs": "gcs", "abfs": "azure", "abfss": "azure"}
EXTRAS |= {"az": "azure", "adl": "azure", "ssh": "ssh", "sftp": "ssh"}
TAGS = ("ETag", "etag", "Last-Modified", "LastModified", "last_modified", "updated")
SECONDS = 60  # without a byte, until a server is given up; a long transfer is no reason to


@contextmanager
def reached(url: str) -> Iterator[None]:
    """Tell in one line, without what is secret in a URL, that it cannot be read."""
    try:
        yield
    except LockstepError:
        raise
    except FileNotFoundError as error:
        raise DataError(f"{show_url(url)} is not there (404, or no such file)") from error
    except Exception as error:
        if is_full(error):
            raise
        text = (" ".join(str(error).split()) or type(error).__name__).replace(url, show_url(url))
        raise LockstepError(f"{show_url(url)} cannot be read: {text}") from error


def filesystem(url: str) -> tuple[Any, str]:
    """The filesystem of a URL, and its path there. Raises ConfigError that names the extra to install."""
    import fsspec
    from fsspec.core import url_to_fs

    scheme = urlsplit(url).scheme if "://" in url else "file"
    options: dict[str, Any] = {}
    if scheme in WEB:
        import aiohttp

        # No total limit, for a large file takes its time; as it lies there, not packed for the way.
        patience = aiohttp.ClientTimeout(total=None, sock_connect=SECONDS, sock_read=SECONDS)
        options = {
            "client_kwargs": {"timeout": patience, "trust_env": True},
            "headers": {"Accept-Encoding": "identity"},
        }
    try:
        fs, path = url_to_fs(url, use_listings_cache=False, skip_instance_cache=True, **options)
    except ImportError as error:
        which = f"install the extra {EXTRAS[scheme]} of pyproject.toml" * (scheme in EXTRAS)
        raise ConfigError(
            f"dataset.source.url: {scheme}:// needs a package that is not installed; {which or error}"
        ) from error
    except ValueError as error:
        known = ", ".join(f"{one}://" for one in ("https", *EXTRAS))
        if scheme in fsspec.available_protocols():
            raise
        raise ConfigError(
            f"dataset.source.url: {scheme}:// is unknown; allowed: a path, {known}"
        ) from error
    return fs, path


def listed(fs: Any, path: str, scheme: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """The files to fetch by the name that they get: their path there and what is known of them."""
    if "*" in path:
        found = fs.glob(path, detail=True)
        base = path.split("*")[0].rpartition("/")[0]
    elif scheme in WEB and not path.endswith("/"):
        name = PurePosixPath(unquote(urlsplit(path).path)).name
        return {name: (path, fs.info(path))}
    elif scheme in WEB:
        found = {one["name"]: one for one in fs.ls(path, detail=True)}
        base = path.rstrip("/")
    elif fs.isdir(path):
        found = fs.find(path, detail=True)
        base = path.rstrip("/")
    else:
        return {PurePosixPath(path).name: (path, fs.info(path))}
    files = {}
    for there, info in sorted(found.items()):
        name = there[len(base) :].lstrip("/") if there.startswith(base) else there
        name = unquote(name) if scheme in WEB else name
        hidden = any(part.startswith(".") for part in PurePosixPath(name).parts)
        if info.get("type", "file") == "file" and name and not hidden and not name.endswith("/"):
            files[name] = (there, fs.info(there) if scheme in WEB else info)
    return files


def tag(info: dict[str, Any]) -> str | None:
    """What the server says that changes with a file: its ETag, else when it was modified."""
    for key in TAGS:
        if info.get(key):
            value = info[key]
            return value.isoformat() if isinstance(value, datetime) else str(value)
    return None
