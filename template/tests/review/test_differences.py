"""The tables of what differs name base first, count rows, and are empty where nothing is known of base."""

from typing import Any

from lockstep.review import differences
from lockstep.review.commit import CommitState

PARAMS: dict[str, Any] = {"dataset": {"task": "binary", "period": None}, "seed": 1}


def lineage(**rows: int) -> dict[str, Any]:
    """Return metrics/lineage.json of raw files with so many rows."""
    return {"raw": [{"path": path, "rows": n, "sha256": f"{path}{n}"} for path, n in rows.items()]}


def test_parameters_that_differ_stand_with_both_values() -> None:
    base, head = CommitState("a", params=PARAMS), CommitState("b", params={**PARAMS, "seed": 2})
    assert differences.configuration(base, head).rows == [["seed", "`1`", "`2`"]]
    assert differences.configuration(CommitState("a"), head).rows == []


def test_raw_files_and_partitions_have_their_rows() -> None:
    base = CommitState("a", lineage=lineage(same=3, grew=5, gone=2))
    head = CommitState("b", params=PARAMS, lineage=lineage(same=3, grew=7))
    files, partitions = differences.raw_data(base, head, ({"p1": 5}, {"p1": 7, "p2": 1}))
    assert not isinstance(files, str) and not isinstance(partitions, str)
    assert files.rows == [["gone", 2, "absent", "-2"], ["grew", 5, 7, "+2"]]
    assert partitions.title == "Partitions of the ingested data"
    assert partitions.rows == [["p1", 5, 7, "+2"], ["p2", "absent", 1, "+1"]]
    assert differences.raw_data(base, head, (None, {}))[1] == differences.NO_PARTITIONS
    assert differences.raw_data(CommitState("a"), head, ({}, {})) == []


def test_a_stage_that_is_new_is_called_so() -> None:
    head = CommitState("b", stages={"new": {}}, lock={"new": {"cmd": "x"}})
    assert differences.stages(CommitState("a", lock={}), head).rows == [
        ["`new`, added", "`cmd`", "none"]
    ]
    assert differences.stages(CommitState("a"), head).rows == []


def test_quality_counts_rows_and_broken_checks() -> None:
    check = {"column": None, "name": "min rows", "rows": 4}
    data = {"ingested": 10, "validated": 6, "quarantined": 4, "checks": [check]}
    head = CommitState("b", data=data, split={"sizes": {"train": 6}})
    rows, checks = differences.quality(CommitState("a"), head)
    assert rows.rows[0] == ["ingested", None, 10, "n/a"]
    assert rows.rows[-1] == ["in `train`", None, 6, "n/a"]
    assert checks.rows == [["the table", "min rows", 0, 4]]


def test_a_stale_file_and_an_unrecorded_change_are_notes() -> None:
    stages = {"train": {"deps": ["stages/train.py"]}}
    state = CommitState("a", stages=stages, lock={}, stale=["params.yaml"])
    notes = differences.unfinished_notes(
        ["stages/train.py"], CommitState("b", stages=stages), state
    )
    assert [note.split()[0] for note in notes] == ["params.yaml", "stages/train.py"]
