"""Files of rows are found by path, folder or pattern, and read in tables of a limited size."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from lockstep.core.errors import DataError
from lockstep.core.schema import Column
from lockstep.prediction import row_files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files of rows, a hidden one and one of another kind."""
    frame = pd.DataFrame({"id": [1, 2], "x": [0.5, None]})
    frame.to_csv(tmp_path / "b.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet", index=False)
    for name in (".hidden.csv", "notes.txt"):
        (tmp_path / name).write_text("id\n1\n", encoding="utf-8")
    return tmp_path


def test_of_a_folder_the_files_with_a_known_suffix_are_found(folder: Path) -> None:
    names = ["a.parquet", "b.csv"]
    assert [path.name for path in row_files.find_files(str(folder))] == names
    assert [path.name for path in row_files.find_files(f"{folder}/*.csv")] == ["b.csv"]
    with pytest.raises(DataError, match="its name must end with"):
        row_files.find_files(f"{folder}/notes.txt")
    with pytest.raises(DataError, match="is not there"):
        row_files.find_files(f"{folder}/*.jsonl")


def test_rows_are_counted_where_no_text_must_be_read(folder: Path) -> None:
    assert row_files.count_rows([folder / "a.parquet"]) == 2
    assert row_files.count_rows([folder / "a.parquet", folder / "b.csv"]) is None


def test_tables_have_the_size_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_files, "ROWS", 4)
    batches = [pa.record_batch({"x": pa.array(range(n), pa.int64())}) for n in (3, 0, 6, 1)]
    assert [len(table) for table in row_files.regrouped(batches)] == [4, 4, 2]


def test_a_column_that_must_be_there_is_named(folder: Path) -> None:
    columns = {"id": Column("int"), "x": Column("float", nullable=True), "y": Column("int")}
    with pytest.raises(DataError, match=r"b\.csv: column y is missing; there are id, x"):
        list(row_files.partitions(folder / "b.csv", columns))
    del columns["y"]
    (table,) = row_files.partitions(folder / "b.csv", columns)
    assert table.to_pydict() == {"id": ["1", "2"], "x": ["0.5", None]}
