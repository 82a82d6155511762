"""The report's parts: the verdict, the notes, pictures with or without an address, the commands."""

from typing import Any

import pytest

from lockstep.core.errors import DataError
from lockstep.review import document
from lockstep.review.commit import CommitState
from lockstep.review.document import MAX_NOTES, Review


def commit(verdict: str = "pass", **metrics: float) -> CommitState:
    """Return a commit with this verdict and these metrics of test."""
    params = {
        "dataset": {"task": "binary", "target": "y", "key": ["id"]},
        "gate": {"baseline_metric": {"binary": "log_loss"}},
    }
    gate: dict[str, Any] = {"verdict": verdict, "checks": []}
    return CommitState("a" * 40, params=params, gate=gate, test={"metrics": metrics}, lock={})


def test_the_first_line_has_the_verdict_and_the_difference() -> None:
    pair = {"old": 0.5, "new": 0.4, "difference": -0.1, "interval": [-0.2, -0.05]}
    metrics = {"log_loss": {**pair, "verdict": "better"}}
    comparison = {"metrics": metrics, "rows": 1500, "same_rows": False, "notes": []}
    review = Review(commit("fail", log_loss=0.5), commit(log_loss=0.4), [], comparison)
    assert document.verdict_line(review) == (
        "**Gates: pass (base: refuse). Model: better** on `log_loss` (lower is better) on the 1,500 test "
        "rows that both have: 0.50000 to 0.40000, difference -0.10000, 95 % interval -0.20000 to -0.05000."
    )


def test_without_a_comparison_both_values_stand() -> None:
    review = Review(commit(log_loss=0.5), commit(log_loss=0.4), [], None, "no predictions")
    line = document.verdict_line(review)
    assert "Not compared with base** on `log_loss`" in line and line.endswith("0.50000 to 0.40000.")
    assert document.notes(review) == "> - No intervals: `no predictions`"


def test_a_verdict_or_metric_that_is_none_is_refused() -> None:
    with pytest.raises(DataError, match="the verdict is '@me'"):
        document.gate_verdict(commit(), commit("@me"))
    with pytest.raises(DataError, match="has no log_loss, the gate's metric"):
        document.gate_metric(commit(f1=1.0))


def test_of_many_notes_the_first_stand_and_the_rest_are_counted() -> None:
    notes = [f"note {i}" for i in range(MAX_NOTES + 2)]
    comparison = {"metrics": {}, "rows": 1, "same_rows": False, "notes": notes}
    lines = document.notes(Review(commit(), commit(), [], comparison)).splitlines()
    assert len(lines) == MAX_NOTES + 1 and lines[-1] == "> - 2 more notes are left out."


def test_pictures_are_named_or_linked() -> None:
    assert "in files beside this report: `roc.png`" in document.picture_block(["roc"], None, [])
    assert "![ROC](https://x/p/roc.png)" in document.picture_block(["roc"], "https://x/p/", [])
    assert document.picture_block([], None, []) == ""
    assert "cannot be read: ROC, Calibration." in document.picture_block(
        [], None, ["roc", "calibration"]
    )


def test_documentation_alone_is_one_line() -> None:
    assert document.unaffected_report(["README.md"]).startswith("**Documentation only**")
    assert document.unaffected_report([]).startswith("**The two commits have the same files**")
    assert "`tests/a.py`" in document.unaffected_report(["README.md", "tests/a.py"])
