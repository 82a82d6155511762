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


def scheme(url: str) -> str | None:
    """The scheme of a URL; None for a folder."""
    found = re.match(r"([A-Za-z][\w+.-]*)://", url)
    return found and found[1]


def refused(url: str) -> str | None:
    """What is wrong with a remote's URL, in a line that does not show a secret; None where nothing is."""
    kind = scheme(url)
    rest = url.split("://", 1)[-1]
    if kind is not None and (":" in rest.rpartition("@")[0] or "?" in rest):
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


def refused_endpoint(url: str, endpoint: str) -> str | None:
    """What is wrong with the address of an S3 server; None where nothing is."""
    if scheme(url) != "s3":
        return "--endpoint-url is for s3:// alone"
    if scheme(endpoint) not in READ_ONLY:
        return f"--endpoint-url {endpoint!r}: must begin with http:// or https://"
    wrong = refused(endpoint)
    return wrong and wrong.replace("the URL", "--endpoint-url")


def missing(url: str, root: Path) -> str | None:
    """The requirement on DVC's package for the URL, as in pyproject.toml; None where it is installed."""
    extra = EXTRAS.get(scheme(url) or "")
    if extra is None:
        return None
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirement = str(project["optional-dependencies"][extra][0])
    module = re.split(r"[^\w-]", requirement)[0].replace("-", "_")
    return None if find_spec(module) else requirement


def probe(fs: "FileSystem", place: str, writable: bool) -> None:
    """Write a small file, read it, remove it; where nothing is written, ask for one that is not there."""
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
    found = fs.cat_file(name)
    fs.rm_file(name)
    if found != content:
        raise OSError("it gave back other bytes than were written")


def said(error: BaseException, options: dict[str, Any]) -> str:
    """An error's text on one line, without the values of options that are not to be shown."""
    if isinstance(error, EOFError):  # getpass
        return "it asks for a password, and there is no terminal"
    text = " ".join((str(error) or type(error).__name__).split())
    if isinstance(error, FileNotFoundError) and re.fullmatch(r"https?://\S+", text):  # Google's
        text = f"there is no such bucket: {text}"
    text = text.partition(" RequestId:")[0]  # of Azure: the same again as XML
    for name, value in options.items():
        if name not in SHOWN and isinstance(value, str) and value:
            text = text.replace(value, "***")
    return text


def attempt(root: Path, options: dict[str, Any], core: dict[str, Any]) -> str:
    """Try a remote, its options given with url and credentials, by a round trip; what to tell of it.

    Raises LockstepError with one line: the URL, what the other side said, where to look.
    """
    url = options["url"]
    kind = scheme(url)
    if wrong := refused(url):
        raise LockstepError(wrong)
    if lacks := missing(url, root):
        raise LockstepError(
            f'{kind}:// needs a package that is not installed: add "{lacks}" to the dependencies in '
            "pyproject.toml, then `make lock setup`"
        )
    if os.environ.get("LOCKSTEP_DEBUG") != "1":
        logging.disable()  # clients tell each try with its traceback
    failed: list[BaseException] = []

    def trip() -> None:
        try:
            patience = {"connect_timeout": 5, "read_timeout": 20} if kind == "s3" else {}
            filesystem, path = remote_filesystem(core, {**patience, **options})
            probe(filesystem, path, kind not in READ_ONLY)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=trip, daemon=True)  # where nobody answers, the program ends
    thread.start()
    thread.join(LIMIT)
    if thread.is_alive():
        failed.append(TimeoutError(f"no answer within {LIMIT} seconds"))
    if failed:
        verb = "read" if kind in READ_ONLY else "written"
        raise LockstepError(
            f"{url} cannot be {verb}: {said(failed[0], options)} (docs/remotes.md says what to check)"
        ) from failed[0]
    if kind in READ_ONLY:
        return "it answers; read only: `dvc pull` works, `dvc push` does not"
    return "a small file was written, read and removed"
