"""fetched.json comes back as it was written, without a secret."""

import json
from pathlib import Path

import pytest

from lockstep.core.errors import DataError
from lockstep.core.schema import Source
from lockstep.sources.fetch_record import (
    FetchedFile,
    FetchRecord,
    changed_files,
    describe_file,
    read_record,
    source_identity,
    write_record,
)


def test_a_record_of_files_elsewhere_is_refused(tmp_path: Path) -> None:
    write_record(tmp_path, FetchRecord({"kind": "url"}, [FetchedFile("../../x", 1, "0" * 64)]))
    with pytest.raises(DataError, match=r"fetched\.json: '\.\./\.\./x' cannot be a file's path"):
        read_record(tmp_path)


def test_a_record_comes_back(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n", encoding="utf-8")
    (tmp_path / "b.bin").write_bytes(b"b")
    files = [
        describe_file(tmp_path, "a.csv", 1, size=4, tag="v1"),
        describe_file(tmp_path, "b.bin", None),
    ]
    record = FetchRecord({"kind": "url", "url": "x"}, files, last=3)
    write_record(tmp_path, record)
    assert read_record(tmp_path) == record
    written = json.loads((tmp_path / "fetched.json").read_text(encoding="utf-8"))
    assert list(written) == ["source", "files", "last"]
    assert [list(file) for file in written["files"]] == [
        ["path", "rows", "sha256", "size", "tag"],
        ["path", "rows", "sha256"],
    ]


def test_without_a_record_there_is_none_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    assert read_record(tmp_path) is None
    (tmp_path / "fetched.json").write_text('{"source": {}', encoding="utf-8")
    with pytest.raises(DataError, match=r"fetched\.json"):
        read_record(tmp_path)


def test_a_file_that_is_edited_or_absent_has_changed(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    record = FetchRecord({}, [describe_file(tmp_path, name, None) for name in ("a", "b", "c")])
    (tmp_path / "b").write_text("other", encoding="utf-8")
    (tmp_path / "c").unlink()
    assert changed_files(tmp_path, record) == ["b", "c"]


def test_another_query_or_cursor_is_another_source() -> None:
    def identity(query: str, cursor: str | None = None) -> dict[str, object]:
        return source_identity(Source("sql", url_env="DB", query=query, cursor=cursor))

    assert identity("SELECT 1") == identity(" SELECT 1\n")
    assert identity("SELECT 1") != identity("SELECT 2")
    assert identity("SELECT 1") != identity("SELECT 1", "id")


def test_a_record_differs_by_its_source_columns_and_cursor_not_by_its_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a", encoding="utf-8")
    record = FetchRecord({}, [describe_file(tmp_path, "a", 1, tag="v1")])
    retagged = FetchRecord({}, [describe_file(tmp_path, "a", 1, tag="v2")])
    assert not record.differs_in_content(retagged)
    assert record.differs_in_content(FetchRecord({}, record.files, last=4))
