"""Partitions in an object store, for workers that share no disk with this process.

The files that a task reads are uploaded under the hash of their content, unless the store has them. A worker
downloads them into an empty folder, computes in it, and uploads its outputs; this process downloads those to
where the task would have written them, below this folder alone. A stage's code does not know of it.
"""

import os
import socket
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from lockstep.core.errors import ConfigError, DataError, LockstepError, is_full
from lockstep.core.files import atomic_path, sha256
from lockstep.core.partitions import missing_partition
from lockstep.core.safe_paths import path_below, path_problem, sha256_hash
from lockstep.core.urls import check_url, hide_urls, show_url

# Of S3: seconds until a try ends. s3fs makes five tries, so botocore, below it, makes one of each.
WAITS = {"connect_timeout": 10, "read_timeout": 20, "retries": {"max_attempts": 0}}
ANEW = "`dvc repro` puts it there anew"


@contextmanager
def reached(url: str) -> Iterator[None]:
    """Turn an error of the store into one line that names the store and this machine."""
    try:
        yield
    except LockstepError:
        raise
    except Exception as error:
        if is_full(error):
            raise
        raise LockstepError(
            f"engine.store is {show_url(url)!r}, which {socket.gethostname()} cannot use: "
            f"{type(error).__name__}: {hide_urls(str(error))}; is it there, and are its endpoint and "
            "credentials in the environment of this process and of the workers? (docs/scale.md)"
        ) from error


def filesystem(url: str) -> tuple[Any, str]:
    """Return the filesystem of a URL and the path on it, by fsspec's own credentials and endpoint.

    Raises ConfigError for a URL that fsspec does not read, or that holds a credential.
    """
    import fsspec.config
    from fsspec.core import url_to_fs

    check_url("engine.store", url)
    options: dict[str, Any] = {}
    if url.startswith("s3:"):
        options = {"config_kwargs": WAITS, **fsspec.config.conf.get("s3", {})}
    elif url.startswith("file:"):
        options = {"auto_mkdir": True}
    try:
        fs, root = url_to_fs(url, **options)
    except (ImportError, ValueError) as error:
        raise ConfigError(
            f"engine.store is {show_url(url)!r}: {hide_urls(str(error))}; allowed: a URL that fsspec reads, "
            "such as s3://bucket/prefix (the extra s3 of pyproject.toml) or file:///shared/folder"
        ) from error
    return fs, root.rstrip("/")


def upload(url: str, path: Path) -> str:
    """Upload a file to the store, whole or not at all, unless it is there; return the hash that names it."""
    fs, root = filesystem(url)
    name = sha256(path)
    place = f"{root}/{name}"
    with reached(url):
        try:
            if fs.info(place)["size"] == path.stat().st_size:
                return name
        except FileNotFoundError:
            pass
        if url.startswith("file:"):  # an object store shows no half of an object
            beside = f"{place}.{uuid4().hex}.part"
            fs.put_file(str(path), beside)
            fs.mv(beside, place)
        else:
            fs.put_file(str(path), place)
    return name


def fetch(url: str, name: str, path: Path) -> None:
    """Download the object of a hash to a path, whole or not at all.

    Parameters
    ----------
    url : str
        The store.
    name : str
        The object's hash.
    path : Path
        Where it is written.

    Raises
    ------
    DataError
        If the object is gone or is not what its name says.
    """
    fs, root = filesystem(url)
    with atomic_path(path) as beside:
        with reached(url):
            try:
                fs.get_file(f"{root}/{name}", str(beside))
            except FileNotFoundError as error:
                raise DataError(
                    f"{show_url(url)}/{name}, which is {path}, is gone from the store; {ANEW}, and "
                    "nothing may be removed there while a stage runs"
                ) from error
        if sha256(beside) != name:
            raise DataError(
                f"{show_url(url)}/{name}, which is {path}, is damaged; remove it, then {ANEW}"
            )


def fetch_below(url: str, name: object, path: object, source: str) -> None:
    """Download an object as fetch does, to a path below this folder.

    Raises DataError where another process named a path that leads elsewhere, or what is no hash.
    """
    fetch(url, sha256_hash(name, source), path_below(Path(), path, source))


def computed(
    arguments: tuple[Any, ...], function: Callable[..., Any], url: str, inputs: dict[str, str]
) -> tuple[Any, dict[str, str]]:
    """On a worker: function(*arguments) in an empty folder with these files, by path the hash of each.

    Returns what it gives, and by path the hash of each file that it wrote. The folder is the process's:
    a worker has one thread.

    Parameters
    ----------
    arguments : tuple
        The function's, with relative paths.
    function : callable
        What to compute.
    url : str
        The store.
    inputs : dict
        Hash of each input by its path.
    """
    home = Path.cwd()
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            for path, name in inputs.items():
                fetch_below(url, name, path, "an input of a task")
            result = function(*arguments)
            files = [path for path in sorted(Path().rglob("*")) if path.is_file()]
            written = [path for path in files if path.as_posix() not in inputs]
            return result, {path.as_posix(): upload(url, path) for path in written}
        finally:
            os.chdir(home)


def relative_path(path: Path) -> Path:
    """Return the path relative to this folder. Raises ConfigError for one outside, which workers lack."""
    inner = path
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        inner = path.relative_to(Path.cwd())
    if path_problem(inner.as_posix()):
        raise ConfigError(
            f"engine.store: {path} lies outside of {Path.cwd()}, where workers cannot have it; put it "
            "inside, or leave engine.store null"
        )
    return inner


def relative(argument: Any) -> Any:
    """Return an argument with its paths, alone or in a list, relative to this folder."""
    if isinstance(argument, list):
        return [relative(item) for item in argument]
    return relative_path(argument) if isinstance(argument, Path) else argument


def files(arguments: Iterable[Any]) -> list[Path]:
    """Return the files that arguments name: paths alone or in a list; of a folder all its files.

    Raises DataError for one that does not exist.
    """
    result: list[Path] = []
    for argument in arguments:
        if isinstance(argument, list):
            result += files(argument)
        elif isinstance(argument, Path):
            if not argument.exists():
                raise missing_partition(argument)
            result += sorted(path for path in [argument, *argument.rglob("*")] if path.is_file())
    return result


class Stored(Executor):
    """Another executor whose workers read and write a store instead of this folder."""

    def __init__(self, pool: Executor, url: str) -> None:
        self.pool, self.url = pool, url.rstrip("/")
        self.client: Any = getattr(pool, "client", None)  # for who sends its rows by itself
        self.names: dict[Path, str] = {}  # of files that many tasks read: hashed once

    def task(self, fn: Callable[..., Any], arguments: Iterable[Any]) -> tuple[Any, ...]:
        """Upload the files that the arguments name; return the arguments of computed()."""
        relative_arguments = tuple(relative(argument) for argument in arguments)
        result = files(relative_arguments)
        if not result:
            raise ConfigError(
                f"engine.store is {show_url(self.url)!r}, but {fn.__name__} names no file that it reads, as "
                "a search's trials: they need workers that share this folder; leave engine.store null"
            )
        for path in result:
            if path not in self.names:
                self.names[path] = upload(self.url, path)
        return (
            relative_arguments,
            fn,
            self.url,
            {path.as_posix(): self.names[path] for path in result},
        )

    def fetch_result(self, result: tuple[Any, dict[str, str]]) -> Any:
        """Return the result of computed(), its files downloaded."""
        for path, name in result[1].items():
            fetch_below(self.url, name, path, "what a worker wrote")
        return result[0]

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        outer: Future[Any] = Future()

        def done(inner: Future[Any]) -> None:
            if outer.set_running_or_notify_cancel():
                try:
                    outer.set_result(self.fetch_result(inner.result()))
                except Exception as error:  # for whoever asks for the result
                    outer.set_exception(error)

        self.pool.submit(computed, *self.task(fn, args)).add_done_callback(done)
        return outer

    def map(
        self, fn: Callable[..., Any], *iterables: Iterable[Any], **kwargs: Any
    ) -> Iterator[Any]:
        """Upload all inputs first; download outputs as results are asked for."""
        tasks = [self.task(fn, arguments) for arguments in zip(*iterables, strict=False)]
        if not tasks:
            return iter(())
        return map(self.fetch_result, self.pool.map(computed, *zip(*tasks, strict=True)))
