"""The tables of scores show both commits, and never an interval of other rows."""

from typing import Any

from lockstep.review import scores
from lockstep.review.commit import CommitState

PARAMS = {"dataset": {"task": "binary", "target": "y", "key": ["id"]}}


def commit(**parts: Any) -> CommitState:
    """Return a commit that predicts the same as every other here."""
    return CommitState("a", params=PARAMS, **parts)


def test_on_other_rows_own_values_and_common_ones_are_two_tables() -> None:
    base, head = commit(test={"metrics": {"f1": 0.5}}), commit(test={"metrics": {"f1": 0.6}})
    pair = {"old": 0.4, "new": 0.7, "difference": 0.3, "interval": [0.1, 0.5], "verdict": "better"}
    comparison = {"metrics": {"f1": pair}, "rows": 1234, "same_rows": False}
    own, common = scores.score_tables(base, head, comparison)
    assert own.rows == [["`f1` (higher is better)", 0.5, 0.6, "+0.10000"]]
    assert common.title == "Metrics on the 1,234 test rows that both have"
    assert common.rows[0][4:] == ["+0.10000 to +0.50000", "better"]
    (table,) = scores.score_tables(base, head, None)
    assert table.rows[0][4:] == ["n/a", "not compared"]


def test_train_and_valid_stand_side_by_side() -> None:
    base = commit(train={"train": {"f1": 1.0}, "valid": {"f1": 0.5}})
    table = scores.training_table(CommitState("b"), base)
    assert table.rows == [["f1", None, 1.0, None, 0.5]]


def test_a_check_that_fails_is_bold_and_one_without_result_unknown() -> None:
    labels = [scores.check_result({"passed": passed}) for passed in (True, False, None)]
    assert (
        labels == ["pass", "**fail**", "unknown"] and scores.check_result(None) == "no such check"
    )


def test_of_the_slices_those_that_moved_most_are_open() -> None:
    def slices(shift: float) -> dict[str, Any]:
        parts = [
            {"column": "c", "value": i, "rows": 9, "metrics": {"f1": i * shift}} for i in range(12)
        ]
        return {"metrics": {"f1": 1.0}, "slices": parts}

    base, head = commit(test=slices(0.01)), commit(test=slices(0.02))
    moved, others = scores.slice_tables(base, head, "f1")
    assert len(moved.rows) == scores.MAX_OPEN_SLICES and moved.rows[0][0] == "c 11"
    assert len(others.rows) == 3 and others.folded  # the slice that did not move is in neither
    assert {row[-1] for row in moved.rows} == {"better"}
