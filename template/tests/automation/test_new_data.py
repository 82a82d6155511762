"""Raw files that are new, changed or gone are named; the digest follows content and path."""

from typing import Any

from lockstep.automation.new_data import changed_files, digest


def raw_file(name: str, sha256: str, rows: int = 3) -> dict[str, Any]:
    """One file as a manifest lists it."""
    return {"path": f"data/raw/{name}", "rows": rows, "bytes": 1, "sha256": sha256}


def test_new_changed_and_removed_files_have_their_rows() -> None:
    trained = [raw_file("a", "1"), raw_file("b", "2"), raw_file("c", "3")]
    current = [raw_file("a", "1"), raw_file("b", "9", rows=5), raw_file("d", "4")]
    assert changed_files(trained, current) == [
        {"path": "data/raw/b", "rows_before": 3, "rows": 5},
        {"path": "data/raw/c", "rows_before": 3, "rows": None},
        {"path": "data/raw/d", "rows_before": None, "rows": 3},
    ]
    assert changed_files(current, current) == []


def test_the_digest_is_of_names_and_content_alone() -> None:
    first = [raw_file("a", "1")]
    assert digest(first) == digest([raw_file("a", "1", rows=9)])
    assert len({digest(first), digest([raw_file("a", "2")]), digest([raw_file("b", "1")])}) == 3
    assert len(digest(first)) == 10
