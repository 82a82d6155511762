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


def url_of(search: Search) -> str:
    """The URL in the environment variable that the settings name, else a file of this checkout."""
    given = os.environ.get(search.storage_env)
    if given:
        return given
    DATABASE.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{DATABASE.resolve().as_posix()}"


@contextlib.contextmanager
def taking() -> Iterator[None]:
    """Lets one process of this checkout take a trial at a time.

    Optuna locks the row of a trial that waits, and SQLite has no such lock: two processes could take one.
    """
    from filelock import FileLock

    DATABASE.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(DATABASE.with_name("taking.lock")):
        yield


def shown(url: str) -> str:
    """A URL without its password."""
    from sqlalchemy.engine import make_url

    try:
        return make_url(url).render_as_string(hide_password=True)
    except Exception:
        return "the URL given"


@contextlib.contextmanager
def reached(search: Search, url: str) -> Iterator[None]:
    """Tell in one line, without the password, that a storage cannot be used."""
    import optuna
    from sqlalchemy.exc import SQLAlchemyError

    told = (
        SQLAlchemyError,
        ImportError,
        ValueError,
        OSError,
        optuna.exceptions.StorageInternalError,
    )
    try:
        yield
    except told as error:
        from sqlalchemy.engine import make_url

        reason = str(error.__cause__ or error).strip().splitlines()[0]
        with contextlib.suppress(Exception):
            password = make_url(url).password
            reason = reason.replace(str(password), "***") if password else reason
        reason = reason.replace(url, shown(url))
        raise LockstepError(
            f"the storage {shown(url)} cannot be used: {reason}; "
            f"mend {search.storage_env}, or unset it to use {DATABASE}"
        ) from error


def created(url: str, **settings: Any) -> "optuna.storages.RDBStorage":
    """The storage of a URL with its tables; another process may be making them at the same moment."""
    import optuna
    from sqlalchemy.exc import DBAPIError

    for _ in range(5):
        try:
            return optuna.storages.RDBStorage(url, engine_kwargs=settings)
        except DBAPIError as error:
            told = str(error)
            if "already exists" not in told and "duplicate key" not in told:
                raise
            time.sleep(0.2)
    return optuna.storages.RDBStorage(url, engine_kwargs=settings)


def opened(url: str) -> "optuna.storages.BaseStorage":
    """The storage of a URL; SQLite's with its log written ahead, which several processes can share."""
    import optuna
    from sqlalchemy import event

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if not url.startswith("sqlite"):
        return created(url, pool_pre_ping=True)
    found = created(url, connect_args={"timeout": 60})

    def fast(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    event.listen(found.engine, "connect", fast)
    found.engine.dispose()  # so that the connections that are open already are made anew
    return found
