"""Where studies are stored: a file of this checkout, or the database that the environment names."""

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import LockstepError
from lockstep.search.settings import Search

if TYPE_CHECKING:
    import optuna

DATABASE = Path(".cache/search/studies.db")


def storage_url(search: Search) -> str:
    """Return the URL in the environment variable that the settings name, else a file of this checkout."""
    url = os.environ.get(search.storage_env)
    if url:
        return url
    DATABASE.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{DATABASE.resolve().as_posix()}"


@contextlib.contextmanager
def claim_lock() -> Iterator[None]:
    """Let one process of this checkout claim a trial at a time.

    Optuna locks the row of a waiting trial, and SQLite has no such lock: two processes could claim the same.
    """
    from filelock import FileLock

    DATABASE.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(DATABASE.with_name("taking.lock")):
        yield


def without_password(url: str) -> str:
    """Return a URL without its password."""
    from sqlalchemy.engine import make_url

    try:
        return make_url(url).render_as_string(hide_password=True)
    except Exception:
        return "the URL given"


@contextlib.contextmanager
def storage_errors(search: Search, url: str) -> Iterator[None]:
    """Raise LockstepError, in one line and without the password, where a storage cannot be used."""
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    errors = (
        SQLAlchemyError,
        ImportError,
        ValueError,
        OSError,
        optuna.exceptions.StorageInternalError,
    )
    try:
        yield
    except errors as error:
        from sqlalchemy.engine import make_url

        reason = str(error.__cause__ or error).strip().splitlines()[0]
        with contextlib.suppress(Exception):
            password = make_url(url).password
            reason = reason.replace(str(password), "***") if password else reason
        reason = reason.replace(url, without_password(url))
        raise LockstepError(
            f"the storage {without_password(url)} cannot be used: {reason}; "
            f"correct {search.storage_env}, or unset it to use {DATABASE}"
        ) from error


def create_storage(url: str, **settings: Any) -> "optuna.storages.RDBStorage":
    """Return the storage of a URL with its tables, which another process may make at the same moment."""
    import optuna
    from sqlalchemy.exc import DBAPIError

    for _ in range(5):
        try:
            return optuna.storages.RDBStorage(url, engine_kwargs=settings)
        except DBAPIError as error:
            text = str(error)
            if "already exists" not in text and "duplicate key" not in text:
                raise
            time.sleep(0.2)
    return optuna.storages.RDBStorage(url, engine_kwargs=settings)


def open_storage(url: str) -> "optuna.storages.BaseStorage":
    """Return the storage of a URL; SQLite writes its log ahead, so that several processes can share it."""
    import optuna
    from sqlalchemy import event

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if not url.startswith("sqlite"):
        return create_storage(url, pool_pre_ping=True)
    with claim_lock():  # of two first searches one would find half of the other's tables
        storage = create_storage(url, connect_args={"timeout": 60})

    def write_ahead(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    event.listen(storage.engine, "connect", write_ahead)
    storage.engine.dispose()  # so that the connections that are open already are made anew
    return storage
