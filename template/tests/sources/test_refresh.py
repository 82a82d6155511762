"""What a fetch brings: typed partitions, only what is new, and on any failure the snapshot that was there."""

import json
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from lockstep.core.errors import LockstepError
from lockstep.core.schema import Source
from lockstep.sources.refresh import fetch, preview
from template.tests.sources.sales import QUERY, contents, insert, read_rows, sales


def test_a_query_becomes_ordered_partitions_of_one_type_each_column(
    engine: sa.Engine, tmp_path: Path
) -> None:
    raw = tmp_path / "raw/sales"
    result = fetch(sales(), raw)
    assert (result.n_files, result.n_rows) == (3, 7)
    assert sorted(path.name for path in raw.iterdir()) == [
        "fetched.json", "part-00000.parquet", "part-00001.parquet", "part-00002.parquet",
    ]  # fmt: skip
    parts = [pd.read_parquet(path) for path in sorted(raw.glob("*.parquet"))]
    assert [len(part) for part in parts] == [3, 3, 1]
    assert len({tuple(part.dtypes.astype(str)) for part in parts}) == 1
    frame = read_rows(raw)
    assert frame["id"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert frame["paid"].isna().sum() == 3 and frame["paid"].dropna().tolist() == [0, 1, 0, 1]
    assert [float(amount) for amount in frame["amount"]] == [1.5] * 7


def test_the_same_rows_are_the_same_bytes_and_nothing_new(
    engine: sa.Engine, tmp_path: Path
) -> None:
    raw = tmp_path / "raw/sales"
    fetch(sales(), raw)
    before = contents(raw)
    result = fetch(sales(), raw)
    assert (result.changed, result.removed) == ([], [])
    assert contents(raw) == before
    fetch(sales(), tmp_path / "other/sales")
    assert contents(tmp_path / "other/sales") == before


def test_with_a_cursor_only_new_rows_come_as_new_partitions(
    engine: sa.Engine, tmp_path: Path
) -> None:
    raw = tmp_path / "raw/sales"
    fetch(sales(cursor="id"), raw)
    before = contents(raw)
    insert(engine, 9, 8)
    result = fetch(sales(cursor="id"), raw)
    assert result.changed == ["part-00003.parquet"]
    assert read_rows(raw)["id"].tolist() == list(range(1, 10))
    assert {name: contents(raw)[name] for name in before if name != "fetched.json"} == {
        name: text for name, text in before.items() if name != "fetched.json"
    }
    assert json.loads((raw / "fetched.json").read_text(encoding="utf-8"))["last"] == 9


def test_rows_that_came_late_are_an_error_and_full_takes_them(
    engine: sa.Engine, tmp_path: Path
) -> None:
    raw = tmp_path / "raw/sales"
    fetch(sales(cursor="id"), raw)
    before = contents(raw)
    insert(engine, 5)
    with pytest.raises(LockstepError, match=r"up to id 7 there are 8 rows and 7 were fetched"):
        fetch(sales(cursor="id"), raw)
    assert contents(raw) == before
    assert fetch(sales(cursor="id"), raw, full=True).n_rows == 8


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
    fetch(sales(), raw)
    before = contents(raw)
    query, message = BROKEN[name]
    with pytest.raises(LockstepError, match=message):
        fetch(sales(query=query), raw)
    assert contents(raw) == before


def test_a_file_that_no_fetch_wrote_stays_and_is_not_overwritten(tmp_path: Path) -> None:
    source_folder, raw = tmp_path / "source", tmp_path / "raw"
    source_folder.mkdir()
    raw.mkdir()
    (source_folder / "a.csv").write_text("x\n1\n", encoding="utf-8")
    (raw / "notes.txt").write_text("mine\n", encoding="utf-8")
    source = Source("url", url=source_folder.as_uri())
    assert fetch(source, raw).foreign == ["notes.txt"]
    assert (raw / "notes.txt").read_text(encoding="utf-8") == "mine\n"
    (source_folder / "notes.txt").write_text("theirs\n", encoding="utf-8")
    with pytest.raises(LockstepError, match="no fetch put it there"):
        fetch(source, raw)
    assert (raw / "notes.txt").read_text(encoding="utf-8") == "mine\n"


def test_a_changed_partition_is_not_added_to(engine: sa.Engine, tmp_path: Path) -> None:
    raw = tmp_path / "raw/sales"
    fetch(sales(cursor="id"), raw)
    (raw / "part-00001.parquet").write_bytes(b"other")
    with pytest.raises(LockstepError, match=r"part-00001\.parquet is not as it was fetched"):
        fetch(sales(cursor="id"), raw)
    assert fetch(sales(cursor="id"), raw, full=True).n_rows == 7


def test_a_preview_writes_nothing(engine: sa.Engine, tmp_path: Path) -> None:
    raw = tmp_path / "raw/sales"
    assert preview(sales(cursor="id"), raw) == "7 rows of id, amount, note, paid"
    assert not raw.exists()
    fetch(sales(cursor="id"), raw)
    assert preview(sales(cursor="id"), raw).startswith("0 rows beyond the cursor")
