"""Differences are paired, their direction is the metric's, and what cannot be compared is said."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from lockstep.core.errors import DataError
from lockstep.core.metric_names import LOWER_IS_BETTER
from lockstep.evaluation.comparison import (
    compare,
    paired_difference,
    parameters,
    raw_files,
    slices,
    verdict,
)
from lockstep.training.metrics import score

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 2000)
GOOD = np.clip(0.5 + 0.3 * (Y - 0.5) + RNG.normal(0, 0.1, 2000), 0.01, 0.99)
BAD = np.clip(GOOD + RNG.normal(0, 0.3, 2000), 0.01, 0.99)


def test_values_and_differences_are_those_of_the_metrics() -> None:
    result = paired_difference("binary", Y, (BAD, 0.5), (GOOD, 0.5), seed=1)
    old, new = score("binary", Y, BAD), score("binary", Y, GOOD)
    for name, one in result.items():
        assert one["old"] == old[name] and one["new"] == new[name]
        assert one["difference"] == new[name] - old[name]
        assert one["interval"][0] <= one["difference"] <= one["interval"][1]


def test_better_and_worse_follow_the_direction_of_the_metric() -> None:
    forward = paired_difference("binary", Y, (BAD, 0.5), (GOOD, 0.5), seed=1)
    back = paired_difference("binary", Y, (GOOD, 0.5), (BAD, 0.5), seed=1)
    for name in ("log_loss", "roc_auc", "brier", "average_precision"):
        assert (forward[name]["verdict"], back[name]["verdict"]) == ("better", "worse")
        assert (forward[name]["difference"] < 0) == (name in LOWER_IS_BETTER)


def test_a_model_against_itself_does_not_differ() -> None:
    for one in paired_difference("binary", Y, (GOOD, 0.5), (GOOD, 0.5), seed=1).values():
        assert one["difference"] == 0 and one["interval"] == [0, 0]
        assert one["verdict"] == "not distinguishable"


def test_pairing_narrows_the_interval() -> None:
    nearly = np.clip(GOOD + RNG.normal(0, 0.01, 2000), 0.01, 0.99)
    low, high = paired_difference("binary", Y, (GOOD, 0.5), (nearly, 0.5), seed=1)["log_loss"][
        "interval"
    ]
    alone = np.std(-np.where(Y == 1, np.log(GOOD), np.log1p(-GOOD))) / np.sqrt(2000) * 4 * 2**0.5
    assert high - low < alone / 10


def test_the_interval_is_that_of_the_mean_of_paired_differences() -> None:
    losses = [(Y - p) ** 2 for p in (BAD, GOOD)]
    error = np.std(losses[1] - losses[0]) / np.sqrt(len(Y))
    low, high = paired_difference("binary", Y, (BAD, 0.5), (GOOD, 0.5), seed=3, n_draws=2000)[
        "brier"
    ]["interval"]
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.1)


@pytest.mark.parametrize(
    ("interval", "lower", "expected"),
    [
        ([0.1, 0.2], True, "worse"),
        ([0.1, 0.2], False, "better"),
        ([-0.2, -0.1], True, "better"),
        ([-0.2, -0.1], False, "worse"),
        ([-0.1, 0.1], True, "not distinguishable"),
        ([0.0, 0.1], True, "not distinguishable"),
        ([float("nan"), float("nan")], True, "not distinguishable"),
    ],
)
def test_a_verdict_needs_an_interval_off_zero(
    interval: list[float], lower: bool, expected: str
) -> None:
    assert verdict(interval, lower) == expected


def revision(p: np.ndarray, keys: list[int] | None = None, **changes: Any) -> dict[str, Any]:
    """A revision as revision.described gives it."""
    rows = keys if keys is not None else list(range(len(p)))
    result: dict[str, Any] = {
        "name": "one",
        "commit": "c0ffee",
        "params": {
            "seed": 1,
            "dataset": {"task": "binary", "key": ["id"]},
            "gate": {"baseline_metric": {"binary": "log_loss"}},
            "model": {"params": {"depth": 6}},
        },
        "test": {"metrics": score("binary", Y, GOOD), "slices": []},
        "train": {"threshold": 0.5},
        "gate": {"verdict": "pass"},
        "lineage": {"raw": []},
        "predictions": pd.DataFrame({"id": rows, "y": Y[: len(p)], "score": p}),
    }
    return {**result, **changes}


def test_rows_are_matched_by_their_key_and_not_by_their_place() -> None:
    other = revision(GOOD)
    other["predictions"] = other["predictions"].sample(frac=1, random_state=0)
    result = compare(revision(GOOD), other)
    assert result["metrics"]["log_loss"]["difference"] == pytest.approx(0, abs=1e-12)
    assert result["notes"] == []


def test_other_test_rows_are_said_and_only_common_ones_compared() -> None:
    few = revision(GOOD[:500])
    result = compare(few, revision(BAD))
    assert result["rows"] == 500
    assert "the test rows differ: 500 and 2,000" in result["notes"][0]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (revision(GOOD, keys=list(range(5000, 7000))), "no test row in common"),
        (
            revision(GOOD)
            | {"predictions": pd.DataFrame({"id": range(2000), "y": 1 - Y, "score": GOOD})},
            "the target of 2,000 test rows differs",
        ),
        (
            revision(GOOD)
            | {"predictions": pd.DataFrame({"id": range(2000), "y": Y, "p_a": GOOD})},
            "they predict other columns",
        ),
        (
            revision(GOOD) | {"predictions": pd.DataFrame({"id": range(2000), "score": GOOD})},
            "no column y",
        ),
        (
            revision(GOOD)
            | {"params": {"seed": 1, "dataset": {"task": "regression", "key": ["id"]}}},
            "other tasks or row keys",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(other: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        compare(revision(GOOD), other)


def test_a_metric_that_one_side_lacks_is_said() -> None:
    lacking = revision(GOOD)
    lacking["test"]["metrics"].pop("brier")
    assert any(
        note.startswith("brier is not compared")
        for note in compare(lacking, revision(BAD))["notes"]
    )


def test_parameters_that_differ_are_named_the_engine_and_the_digest_aside() -> None:
    old = {"conf_digest": "a", "engine": {"workers": 1}, "model": {"kind": "x", "depth": 6}}
    new = {"conf_digest": "b", "engine": {"workers": 2}, "model": {"kind": "x", "rate": 0.1}}
    assert parameters(old, new) == [
        {"name": "model.depth", "old": 6, "new": None},
        {"name": "model.rate", "old": None, "new": 0.1},
    ]


def test_raw_files_added_removed_and_changed_are_named_with_their_rows() -> None:
    old = [{"path": "a", "rows": 1, "sha256": "1"}, {"path": "b", "rows": 2, "sha256": "2"}]
    new = [{"path": "b", "rows": 3, "sha256": "3"}, {"path": "c", "rows": 4, "sha256": "4"}]
    assert raw_files(old, new) == [
        {"path": "a", "old_rows": 1, "new_rows": None},
        {"path": "b", "old_rows": 2, "new_rows": 3},
        {"path": "c", "old_rows": None, "new_rows": 4},
    ]


def test_the_slice_that_moved_most_comes_first() -> None:
    def found(**losses: float) -> list[dict[str, Any]]:
        return [
            {"column": "sex", "value": value, "rows": 9, "metrics": {"log_loss": loss}}
            for value, loss in losses.items()
        ]

    moved = slices(found(a=0.5, b=0.5, gone=0.1), found(a=0.4, b=0.8, new=0.2), "log_loss")
    assert [one["slice"] for one in moved] == ["sex b", "sex a"]
