"""A database that SQLAlchemy speaks to: PostgreSQL and SQLite here, others with their driver."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.schema import Source
from lockstep.sources.parquet_types import table_from_rows
from lockstep.sources.query import LAST, Database

if TYPE_CHECKING:
    import pyarrow as pa
    import sqlalchemy as sa

CONNECT_TIMEOUT = 10  # seconds until a server that does not answer is given up


def read_url(source: Source) -> "sa.URL":
    """Return the URL in the environment variable that the source names.

    Raises ConfigError that names the variable, never its value; LockstepError where SQLite's file is absent.
    """
    try:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError
    except ImportError as error:
        raise ConfigError(
            "dataset.source.kind is 'sql', which needs the package sqlalchemy; install the extra sql of "
            "pyproject.toml"
        ) from error
    value = os.environ.get(source.url_env or "")
    if not value:
        raise ConfigError(
            f"the environment variable {source.url_env} (dataset.source.url_env) is not set; "
            "put the database's URL there: postgresql://USER:PASSWORD@HOST/DATABASE"
        )
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        raise ConfigError(
            f"the environment variable {source.url_env} holds no database's URL; expected "
            "postgresql://USER:PASSWORD@HOST/DATABASE or sqlite:///FILE"
        ) from None  # the cause has the value
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise LockstepError(f"{source.url_env}: the file {url.database} is not there")
    return url


def is_postgresql(url: "sa.URL") -> bool:
    """Return whether the URL is that of a PostgreSQL."""
    return url.get_backend_name() == "postgresql"


def describe_error(error: Exception, url: "sa.URL", in_query: bool = False) -> str:
    """Return the driver's message in one line, the password masked."""
    cause = getattr(error, "orig", None) or error
    lines = [line.strip() for line in str(cause).splitlines()]
    message = "; ".join(line for line in lines if line.strip("^")) or type(cause).__name__
    for secret in (url.password, url.render_as_string(hide_password=False)):
        if secret:
            message = message.replace(str(secret), "***")
    key = "dataset.source.query: " if in_query else ""
    return f"{url.render_as_string(hide_password=True)}: {key}{message}"


def create_engine(source: Source, url: "sa.URL") -> "sa.Engine":
    """Return an engine that gives up soon on a server. Raises ConfigError where a driver is not installed."""
    import sqlalchemy as sa
    from sqlalchemy import exc

    has_timeout = not is_postgresql(url) or "connect_timeout" in url.query
    arguments = {} if has_timeout else {"connect_timeout": CONNECT_TIMEOUT}
    try:
        return sa.create_engine(url, poolclass=sa.pool.NullPool, connect_args=arguments)
    except (exc.ArgumentError, ImportError) as error:
        raise ConfigError(
            f"{source.url_env}: {describe_error(error, url)}; PostgreSQL's driver is in the extra sql of "
            "pyproject.toml, others are to be installed"
        ) from error


@contextlib.contextmanager
def open_database(source: Source) -> Iterator[Database]:
    """Connect to the source's database. Raises LockstepError in one line, without the password."""
    url = read_url(source)
    import sqlalchemy as sa
    from sqlalchemy import exc

    engine = create_engine(source, url)
    n_read = 0

    def run(sql: str, parameters: dict[str, Any], n_rows: int) -> Iterator["pa.Table"]:
        nonlocal n_read
        statement = sa.text(sql.replace(":", "\\:").replace(f"\\:{LAST}", f":{LAST}"))
        options = {"stream_results": True, "yield_per": n_rows}
        with connection.execute(statement, parameters, execution_options=options) as result:
            names, is_empty = list(result.keys()), True
            for rows in result.partitions(n_rows):
                is_empty = False
                n_read += len(rows)
                yield table_from_rows(names, rows)
            if is_empty:
                yield table_from_rows(names, [])

    try:
        with engine.connect() as connection:
            if is_postgresql(url):
                connection.exec_driver_sql("SET TIME ZONE 'UTC'")
            yield Database(run, engine.dialect.identifier_preparer.quote_identifier, f":{LAST}")
    except exc.SQLAlchemyError as error:
        if getattr(error, "connection_invalidated", False):
            message = (
                f"{describe_error(error, url)} (the connection was lost after {n_read:,} rows)"
            )
        else:
            message = describe_error(error, url, is_query_error(error, url))
        raise LockstepError(message) from error
    finally:
        engine.dispose()


def is_query_error(error: Exception, url: "sa.URL") -> bool:
    """Return whether the query is wrong, and not the server or the connection to it."""
    from sqlalchemy import exc

    if isinstance(error, exc.ProgrammingError):
        return True
    # SQLite calls a wrong query an operational error; PostgreSQL so calls a lost connection.
    return isinstance(error, exc.OperationalError) and not is_postgresql(url)
