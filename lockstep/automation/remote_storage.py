"""A DVC remote: what its URL may be, which package it needs, whether it can be reached and written."""

import logging
import os
import re
import threading
import tomllib
import uuid
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import LockstepError
from lockstep.core.urls import hide_urls, holds_credential, scheme, show_url
from lockstep.repository.dvc_internals import remote_filesystem

if TYPE_CHECKING:
    from dvc.fs import FileSystem

# The scheme of a URL, and the extra of pyproject.toml that names DVC's package for it; HTTP comes with DVC.
EXTRAS = {"s3": "s3", "gs": "gcs", "azure": "azure", "ssh": "ssh", "http": None, "https": None}
READ_ONLY = ("http", "https")
SHOWN = ("url", "endpointurl", "region", "profile", "user", "port", "account_name")
SECRET = (
    "holds a password or a key: these go into .dvc/config.local or the environment, never into Git"
)
LIMIT = 60  # seconds: some clients try for many minutes


def url_error(url: str) -> str | None:
    """Return what is wrong with a remote's URL, in a line without secrets; None if it is right."""
    kind = scheme(url)
    rest = url.split("://", 1)[-1]
    if kind is not None and (holds_credential(url) or "?" in rest):
        return f"the URL {SECRET}"
    if (
        not url.isprintable()
        or url != url.strip()
        or any(mark in url for mark in "\"'#,")
        or not url
    ):
        return f"the URL {url!r}: one line without quotes, commas, # and spaces at its ends"
    if kind is None:
        return None
    if kind not in EXTRAS:
        known = ", ".join(f"{name}://" for name in EXTRAS)
        return f"{url!r}: {kind}:// is not known here; give a folder or one of {known}"
    if not re.fullmatch(r"[^/\s]+\S*", rest):
        return f"{url!r}: a name must follow {kind}://, without spaces"
    return None


def endpoint_error(url: str, endpoint: str) -> str | None:
    """Return what is wrong with the address of an S3 server; None if it is right."""
    if scheme(url) != "s3":
        return "--endpoint-url is for s3:// alone"
    if scheme(endpoint) not in READ_ONLY:
        return f"--endpoint-url {endpoint!r}: must begin with http:// or https://"
    error = url_error(endpoint)
    return error and error.replace("the URL", "--endpoint-url")


def missing_requirement(url: str, root: Path) -> str | None:
    """Return the requirement of DVC's package for the URL, as in pyproject.toml; None if installed."""
    extra = EXTRAS.get(scheme(url) or "")
    if extra is None:
        return None
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirement = str(project["optional-dependencies"][extra][0])
    module = re.split(r"[^\w-]", requirement)[0].replace("-", "_")
    return None if find_spec(module) else requirement


def probe(fs: "FileSystem", place: str, writable: bool) -> None:
    """Write a small file, read it, remove it; on a read-only remote, ask for a file that is not there.

    Parameters
    ----------
    fs : FileSystem
        The remote's file system.
    place : str
        Folder on it.
    writable : bool
        Whether the remote can be written.
    """
    name = fs.join(place, f"lockstep-{uuid.uuid4().hex}")
    if not writable:
        try:
            fs.cat_file(name)
        except Exception as error:
            # 403 is how a server that hides what it has says that it is not there.
            if not isinstance(error, FileNotFoundError) and getattr(error, "status", 0) != 403:
                raise
        return
    content = os.urandom(16)
    fs.makedirs(place, exist_ok=True)
    fs.pipe_file(name, content)
    read_back = fs.cat_file(name)
    fs.rm_file(name)
    if read_back != content:
        raise OSError("it gave back other bytes than were written")


def error_text(error: BaseException, options: dict[str, Any]) -> str:
    """Return an error's text on one line, without the values of options that may be secret."""
    if isinstance(error, EOFError):  # getpass
        return "it asks for a password, and there is no terminal"
    text = " ".join((str(error) or type(error).__name__).split())
    if isinstance(error, FileNotFoundError) and re.fullmatch(r"https?://\S+", text):  # Google's
        text = f"there is no such bucket: {text}"
    text = text.partition(" RequestId:")[0]  # of Azure: the same again as XML
    for name, value in options.items():
        if name not in SHOWN and isinstance(value, str) and value:
            text = text.replace(value, "***")
    return hide_urls(text)


def try_remote(root: Path, options: dict[str, Any], core: dict[str, Any]) -> str:
    """Try a remote by a round trip; return a sentence on the outcome.

    Parameters
    ----------
    root : Path
        The project's root, whose pyproject.toml names the packages.
    options : dict
        The remote's, with url and credentials.
    core : dict
        The section core of DVC's configuration.

    Raises
    ------
    LockstepError
        With one line: the URL, the other side's answer, where to look.
    """
    url = options["url"]
    kind = scheme(url)
    if problem := url_error(url):
        raise LockstepError(problem)
    if requirement := missing_requirement(url, root):
        raise LockstepError(
            f'{kind}:// needs a package that is not installed: add "{requirement}" to the dependencies in '
            "pyproject.toml, then `make lock setup`"
        )
    if os.environ.get("LOCKSTEP_DEBUG") != "1":
        logging.disable()  # clients tell each try with its traceback
    errors: list[BaseException] = []

    def make_round_trip() -> None:
        try:
            patience = {"connect_timeout": 5, "read_timeout": 20} if kind == "s3" else {}
            filesystem, path = remote_filesystem(core, {**patience, **options})
            probe(filesystem, path, kind not in READ_ONLY)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(
        target=make_round_trip, daemon=True
    )  # where nobody answers, the program ends
    thread.start()
    thread.join(LIMIT)
    if thread.is_alive():
        errors.append(TimeoutError(f"no answer within {LIMIT} seconds"))
    if errors:
        verb = "read" if kind in READ_ONLY else "written"
        reason = error_text(errors[0], options)
        raise LockstepError(
            f"{show_url(url)} cannot be {verb}: {reason} (docs/remotes.md says what to check)"
        ) from errors[0]
    if kind in READ_ONLY:
        return "it answers; read only: `dvc pull` works, `dvc push` does not"
    return "a small file was written, read and removed"
