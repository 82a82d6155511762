"""A database that SQLAlchemy speaks to: PostgreSQL and SQLite here, others with their driver."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import ConfigError, LockstepError
from lockstep.core.schema import Source
from lockstep.sources import parquet_types
from lockstep.sources.query import LAST, Database

if TYPE_CHECKING:
    import pyarrow as pa
    import sqlalchemy as sa

SECONDS = 10  # until a server that does not answer is given up


def address(source: Source) -> "sa.URL":
    """The URL in the variable that the source names. Raises ConfigError that names it, never its value."""
    try:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError
    except ImportError as error:
        raise ConfigError(
            "dataset.source.kind is 'sql', which needs the package sqlalchemy; install the extra sql of "
            "pyproject.toml"
        ) from error
    given = os.environ.get(source.url_env or "")
    if not given:
        raise ConfigError(
            f"the environment variable {source.url_env} (dataset.source.url_env) is not set; "
            "put the database's URL there: postgresql://USER:PASSWORD@HOST/DATABASE"
        )
    try:
        url = make_url(given)
    except (ArgumentError, ValueError):
        raise ConfigError(
            f"the environment variable {source.url_env} holds no database's URL; expected "
            "postgresql://USER:PASSWORD@HOST/DATABASE or sqlite:///FILE"
        ) from None  # the cause tells what it held
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise LockstepError(f"{source.url_env}: the file {url.database} is not there")
    return url


def told(error: Exception, url: "sa.URL", query: bool) -> str:
    """The driver's own words in one line, the password masked."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).strip().splitlines() or [type(cause).__name__]
    text = "; ".join(line.strip() for line in lines if line.strip() and set(line.strip()) != {"^"})
    for secret in filter(None, (url.password, url.render_as_string(hide_password=False))):
        text = text.replace(str(secret), "***")
    shown = url.render_as_string(hide_password=True)
    return f"{shown}: {'dataset.source.query: ' * query}{text}"


@contextlib.contextmanager
def opened(source: Source) -> Iterator[Database]:
    """The database while it is connected. Raises LockstepError in one line, without the password."""
    url = address(source)
    import sqlalchemy as sa
    from sqlalchemy import exc

    postgresql = url.get_backend_name() == "postgresql"
    waits = (
        {"connect_timeout": SECONDS} if postgresql and "connect_timeout" not in url.query else {}
    )
    count = 0
    try:
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool, connect_args=waits)
    except (exc.ArgumentError, ImportError) as error:
        raise ConfigError(
            f"{source.url_env}: {told(error, url, False)}; PostgreSQL's driver is in the extra sql of "
            "pyproject.toml, others are to be installed"
        ) from error

    def ask(sql: str, values: dict[str, Any], rows: int) -> Iterator["pa.Table"]:
        nonlocal count
        statement = sa.text(sql.replace(":", "\\:").replace(f"\\:{LAST}", f":{LAST}"))
        streamed = {"stream_results": True, "yield_per": rows}
        with connection.execute(statement, values, execution_options=streamed) as result:
            names, empty = list(result.keys()), True
            for some in result.partitions(rows):
                empty, count = False, count + len(some)
                yield parquet_types.of_rows(names, some)
            if empty:
                yield parquet_types.of_rows(names, [])

    try:
        with engine.connect() as connection:
            if postgresql:
                connection.exec_driver_sql("SET TIME ZONE 'UTC'")
            yield Database(ask, engine.dialect.identifier_preparer.quote_identifier, f":{LAST}")
    except exc.SQLAlchemyError as error:
        lost = getattr(error, "connection_invalidated", False)
        asked = isinstance(error, exc.ProgrammingError) or (
            isinstance(error, exc.OperationalError) and not postgresql
        )
        after = f" (the connection was lost after {count:,} rows)" * bool(lost)
        raise LockstepError(told(error, url, asked and not lost) + after) from error
    finally:
        engine.dispose()
