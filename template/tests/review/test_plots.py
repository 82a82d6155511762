"""Base and head are drawn together, as far as they have data."""

from typing import Any

import pytest

from lockstep.review.commit import CommitState
from lockstep.review.plots import PLOTS, TITLES, draw_plots, plot_specs, png

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


def commit(data: dict[str, list[dict[str, Any]]]) -> CommitState:
    """Return a commit with this data for plots."""
    return CommitState("a", plots=data, test={"confusion": data.get("confusion")})


def commits_in(spec: Any) -> set[str]:
    """Return the commits in a plot's data."""
    return {record["commit"] for record in spec["data"]["values"]}


@pytest.mark.parametrize("name", PLOTS)
def test_both_commits_are_in_each_plot_and_it_is_drawn(name: str) -> None:
    specs = plot_specs(commit(DATA), commit(DATA))
    assert list(specs) == list(TITLES)
    assert commits_in(specs[name]) == {"base", "head"}
    first, second = png(name, specs[name]), png(name, specs[name])
    assert first.startswith(b"\x89PNG") and first == second


def test_two_commits_that_differ_make_another_picture() -> None:
    other = {**DATA, "roc": [{"fpr": 0.0, "tpr": 0.0}, {"fpr": 0.1, "tpr": 0.9}]}
    specs = [plot_specs(commit(base), commit(DATA))["roc"] for base in (DATA, other)]
    assert png("roc", specs[0]) != png("roc", specs[1])


def test_head_is_drawn_alone_where_base_has_nothing_and_what_head_lacks_is_not_drawn() -> None:
    data = {name: DATA[name] for name in ("residuals", "importance")}
    base = CommitState("a", plots={"roc": DATA["roc"], "residuals": None})
    specs = plot_specs(base, commit(data))
    assert list(specs) == ["residuals", "importance"]
    assert commits_in(specs["residuals"]) == {"head"}


def test_a_model_without_steps_has_no_learning_curve() -> None:
    first_step = {"learning_curve": DATA["learning_curve"][:2]}
    assert plot_specs(commit({}), commit(first_step)) == {}


@pytest.mark.parametrize("label", ["a\u2028b", "\ud800", "</script>", "\x00\x1b"])
def test_a_label_of_any_characters_is_drawn(label: str) -> None:
    data = {
        "importance": [{"feature": label, "importance": 0.1}],
        "confusion": [{"actual": label, "predicted": label, "rows": 3}],
    }
    pictures, failed = draw_plots(commit({}), commit(data))
    assert sorted(pictures) == ["confusion", "importance"] and not failed


def test_data_that_cannot_be_drawn_cost_their_picture_alone() -> None:
    broken: dict[str, Any] = {**DATA, "roc": [{"fpr": 0.0}, 3], "importance": [{"feature": "x"}]}
    pictures, failed = draw_plots(commit(DATA), commit(broken))
    assert "importance" in failed and "confusion" in pictures
    assert {*pictures, *failed} == set(TITLES)
