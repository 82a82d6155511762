"""Base and head are drawn together, as far as they have data."""

from typing import Any

import pytest

from lockstep.review.plots import DRAW, TITLES, png, specs

DATA: dict[str, list[dict[str, Any]]] = {
    "learning_curve": [{"step": s, "loss": 1 / (s + 1), "rows": r}
                       for s in (0, 1) for r in ("train", "valid")],
    "roc": [{"fpr": 0.0, "tpr": 0.0}, {"fpr": 1.0, "tpr": 1.0}],
    "pr": [{"recall": 0.0, "precision": 1.0}, {"recall": 1.0, "precision": 0.2}],
    "calibration": [{"predicted": 0.2, "observed": 0.3, "rows": 5}],
    "confusion": [{"actual": a, "predicted": p, "rows": 3} for a in "ab" for p in "ab"],
    "residuals": [{"predicted": 1.0, "residual": 0.5}, {"predicted": 2.0, "residual": -0.5}],
    "importance": [{"feature": "<b>|x", "importance": 0.1}, {"feature": "y", "importance": None}],
}  # fmt: skip


def side(data: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """A commit with this data for plots."""
    return {"plots": data, "test": {"confusion": data.get("confusion")}}


def commits(spec: Any) -> set[str]:
    """The commits in a plot's data."""
    return {one["commit"] for one in spec["data"]["values"]}


@pytest.mark.parametrize("name", DRAW)
def test_both_commits_are_in_each_plot_and_it_is_drawn(name: str) -> None:
    drawn = specs(side(DATA), side(DATA))
    assert list(drawn) == list(TITLES)
    assert commits(drawn[name]) == {"base", "head"}
    first, again = png(name, drawn[name]), png(name, drawn[name])
    assert first.startswith(b"\x89PNG") and first == again


def test_two_commits_that_differ_make_another_picture() -> None:
    other = {**DATA, "roc": [{"fpr": 0.0, "tpr": 0.0}, {"fpr": 0.1, "tpr": 0.9}]}
    drawn = [specs(side(base), side(DATA))["roc"] for base in (DATA, other)]
    assert png("roc", drawn[0]) != png("roc", drawn[1])


def test_head_is_drawn_alone_where_base_has_nothing_and_what_head_lacks_is_not_drawn() -> None:
    few = {name: DATA[name] for name in ("residuals", "importance")}
    drawn = specs({"plots": {"roc": DATA["roc"], "residuals": None}, "test": None}, side(few))
    assert list(drawn) == ["residuals", "importance"]
    assert commits(drawn["residuals"]) == {"head"}


def test_a_model_without_steps_has_no_learning_curve() -> None:
    one = {"learning_curve": DATA["learning_curve"][:2]}
    assert specs(side({}), side(one)) == {}
