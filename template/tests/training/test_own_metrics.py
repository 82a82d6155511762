"""An owner's metric is scored like ours: with weights, in intervals, as the threshold's criterion."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lockstep.core.components import OwnFunction
from lockstep.core.errors import ConfigError, DataError
from lockstep.core.metric_names import METRICS
from lockstep.evaluation.comparison import paired_difference
from lockstep.evaluation.slices import slice_metrics
from lockstep.evaluation.uncertainty import intervals
from lockstep.training.metrics import score, weighted_scorer
from lockstep.training.own_metrics import load_metrics
from lockstep.training.threshold import MAX_CANDIDATES, choose_threshold
from template.tests.support.extending import write_component

RNG = np.random.default_rng(2)
Y = RNG.integers(0, 2, 900)
P = np.clip(0.5 + 0.3 * (Y - 0.5) + RNG.normal(0, 0.2, 900), 0.01, 0.99)
OTHER = """TASKS = {tasks}
LOWER_IS_BETTER = False
def other(y_true, {argument}, sample_weight):
    return {value}
"""


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the metric of docs/extending.md."""
    monkeypatch.chdir(tmp_path)
    write_component(tmp_path, "metrics", "late_cost")
    return tmp_path


def late_cost(missed: float = 5.0) -> list[OwnFunction]:
    return load_metrics({"late_cost": {"missed": missed}})


def other(root: Path, value: str, argument: str = "y_pred") -> list[OwnFunction]:
    """Return a metric that returns the value of an expression."""
    tasks = ("binary", "multiclass", "regression")
    write_component(
        root, "metrics", "other", OTHER.format(tasks=tasks, argument=argument, value=value)
    )
    return load_metrics({"other": None})


def cost(threshold: float, missed: float = 5.0) -> float:
    y_pred = threshold <= P
    return float((missed * ((Y == 1) & ~y_pred) + ((Y == 0) & y_pred)).mean())


def test_its_value_stands_after_ours_and_a_weight_of_two_is_a_row_twice() -> None:
    values = score("binary", Y, P, 0.4, late_cost())
    assert tuple(values) == (*METRICS["binary"], "late_cost")
    assert values["late_cost"] == pytest.approx(cost(0.4))
    assert {name: values[name] for name in METRICS["binary"]} == score("binary", Y, P, 0.4)
    weights = np.where(np.arange(900) < 300, 2.0, 1.0)
    rows = np.repeat(np.arange(900), weights.astype(int))
    weighted = weighted_scorer("binary", Y, P, 0.4, late_cost())(weights)
    assert weighted["late_cost"] == pytest.approx(
        score("binary", Y[rows], P[rows], 0.4, late_cost())["late_cost"]
    )


def test_it_has_an_interval_slices_and_a_verdict_in_its_direction() -> None:
    low, high = intervals("binary", Y, P, 0.4, seed=1, own=late_cost())["late_cost"]
    assert low < cost(0.4) < high
    columns = {"site": pd.Categorical(np.where(np.arange(900) < 400, "a", "b"))}
    parts = slice_metrics(columns, Y, P, "binary", 0.4, 100, late_cost())
    assert [part["metrics"]["late_cost"] > 0 for part in parts] == [True, True]
    pair = paired_difference("binary", Y, (P, 0.99), (P, 0.3), seed=1, own=late_cost())["late_cost"]
    assert pair["difference"] < 0 and pair["verdict"] == "better"


def test_the_threshold_has_the_best_value_among_at_most_200_scores_and_one_above_all() -> None:
    assert len(np.unique(P)) > MAX_CANDIDATES
    best = min(cost(threshold) for threshold in np.unique(P))
    chosen = choose_threshold(Y, P, "late_cost", late_cost())
    assert cost(chosen) <= best + 0.02
    rounded = P.round(1)
    threshold = choose_threshold(Y, rounded, "late_cost", late_cost())
    costs = {
        t: float(score("binary", Y, rounded, t, late_cost())["late_cost"])
        for t in np.unique(rounded)
    }
    assert costs[threshold] == min(costs.values())
    top_is_negative = np.where(P.max() == P, 0, Y)
    nobody = choose_threshold(top_is_negative, P, "late_cost", late_cost(missed=0.0))
    assert nobody > P.max() and choose_threshold(Y, P, "f1", late_cost()) == choose_threshold(
        Y, P, "f1"
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("float('inf')", "inf"),
        ("y_true", "array"),
        ("True", "True"),
        ("None", "None"),
        ("'1'", "'1'"),
    ],
)
def test_anything_but_one_finite_number_is_refused(root: Path, value: str, shown: str) -> None:
    words = (
        rf"^components/metrics/other\.py: other\(\) returned {shown}.*; expected one finite number"
    )
    with pytest.raises(DataError, match=words):
        score("binary", Y, P, 0.5, other(root, value))


def test_nan_is_a_value_that_is_not_known(root: Path) -> None:
    assert np.isnan(score("binary", Y, P, 0.5, other(root, "float('nan')"))["other"])
    with pytest.raises(ConfigError, match="is not a number at any threshold on valid"):
        choose_threshold(Y, P, "other", other(root, "float('nan')"))


def test_the_second_parameter_says_what_a_metric_is_given(root: Path) -> None:
    three = np.eye(3)[[0, 1, 2]] * 0.8 + 0.1
    classes, values = np.array([0, 1, 2]), np.array([1.0, 2.5])
    metric = other(root, "(y_pred == y_true).mean()")
    assert score("multiclass", classes, three, 0.5, metric)["other"] == 1
    assert score("regression", values, values, 0.5, metric)["other"] == 1
    assert score("binary", Y, Y * 0.8, 0.8, metric)["other"] == 1


def test_a_probability_is_given_as_it_is(root: Path) -> None:
    metric = other(root, "float(y_prob.max())", "y_prob")
    assert score("binary", Y, P, 0.5, metric)["other"] == P.max()
