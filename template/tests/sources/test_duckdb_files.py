"""DuckDB queries files, in tables of the rows that are asked for."""

from pathlib import Path

import pyarrow as pa
import pytest

from lockstep.core.errors import LockstepError
from lockstep.core.schema import Source
from lockstep.sources.duckdb_files import open_database, quote_identifier, rechunk
from lockstep.sources.refresh import fetch
from template.tests.sources.sales import read_rows


def test_duckdb_queries_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sales.csv").write_text("id,amount\n2,1.5\n1,2.5\n", encoding="utf-8")
    source = Source("duckdb", query="SELECT id, amount FROM 'sales.csv' WHERE amount > 1")
    assert fetch(source, tmp_path / "raw/sales").n_rows == 2
    assert read_rows(tmp_path / "raw/sales")["id"].tolist() == [1, 2]


@pytest.mark.parametrize("sizes", [[10], [1] * 10, [4, 0, 6], [3, 3, 4]])
def test_tables_have_the_rows_that_are_asked_for(sizes: list[int]) -> None:
    numbers = iter(range(10))
    batches = [
        pa.record_batch({"n": pa.array([next(numbers) for _ in range(size)], pa.int64())})
        for size in sizes
    ]
    tables = [table.column("n").to_pylist() for table in rechunk(iter(batches), 3)]
    assert tables == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]


def test_any_name_is_quoted() -> None:
    source = Source("duckdb", query="SELECT 1")
    with open_database(source) as database:
        name = 'a "b" ; c'
        (table,) = database.run(f"SELECT 1 AS {quote_identifier(name)}", {}, 10)
    assert table.column_names == [name]


def test_a_wrong_query_is_one_line() -> None:
    with (
        pytest.raises(LockstepError, match=r"dataset\.source\.query: .*nowhere") as error,
        open_database(Source("duckdb", query="")) as database,
    ):
        list(database.run("SELECT * FROM nowhere", {}, 10))
    assert "\n" not in str(error.value)
