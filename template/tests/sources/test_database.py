"""A database that fails is one line, without its password, and the snapshot stays."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from lockstep.core.errors import LockstepError
from lockstep.sources.database import describe_error
from lockstep.sources.refresh import fetch
from template.tests.sources.sales import contents, sales


def test_a_connection_lost_halfway_leaves_the_snapshot(
    postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_URL", postgresql)
    raw = tmp_path / "raw/numbers"
    short = "SELECT n FROM generate_series(1, 5) AS s(n)"
    fetch(sales(query=short), raw)
    before = contents(raw)
    # The server ends its own connection in the middle of the stream.
    killed = (
        "SELECT n, CASE WHEN n = 9000 THEN pg_terminate_backend(pg_backend_pid()) END AS gone "
        "FROM generate_series(1, 10000) AS s(n)"
    )
    with pytest.raises(LockstepError, match=r"terminat|closed|lost"):
        fetch(sales(query=killed, rows=1000), raw, full=True)
    assert contents(raw) == before


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (None, "the environment variable DB_URL .* is not set"),
        ("hunter2", "holds no database's URL"),
        ("postgresql://me:hunter2@127.0.0.1:9/db", "postgresql.*127.0.0.1:9"),
        ("sqlite:////no/such/file.db", "is not there"),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line_without_the_password(
    url: str | None, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DB_URL", raising=False)
    if url is not None:
        monkeypatch.setenv("DB_URL", url)
    with pytest.raises(LockstepError, match=message) as error:
        fetch(sales(), tmp_path / "raw/sales")
    assert "hunter2" not in str(error.value) and "\n" not in str(error.value)
    assert not (tmp_path / "raw/sales").exists()


def test_no_secret_is_recorded(engine: sa.Engine, tmp_path: Path) -> None:
    fetch(sales(cursor="id"), tmp_path / "raw/sales")
    text = (tmp_path / "raw/sales/fetched.json").read_text(encoding="utf-8")
    assert "DB_URL" in text and "sqlite" not in text and "postgresql" not in text


def test_values_of_two_kinds_in_one_column_are_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(tmp_path / "mixed.db") as connection:
        connection.execute("CREATE TABLE sales (id, amount, note, paid)")
        connection.execute("INSERT INTO sales VALUES (1, 1.0, 'a', 1), (2, 'many', 'b', 0)")
    monkeypatch.setenv("DB_URL", f"sqlite:///{tmp_path}/mixed.db")
    with pytest.raises(LockstepError, match="column amount holds"):
        fetch(sales(), tmp_path / "raw/sales")


def test_an_error_shows_no_password_and_one_line() -> None:
    url = sa.engine.make_url("postgresql://me:hunter2@host/db")
    error = RuntimeError("connection to hunter2 failed\n  ^^^\n\n  is it there?")
    message = describe_error(error, url, in_query=True)
    assert message == (
        "postgresql://me:***@host/db: dataset.source.query: connection to *** failed; is it there?"
    )
