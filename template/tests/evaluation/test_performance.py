"""The loss is measured in units of the dummy's, on rows of which each is as likely as another."""

import numpy as np
import pytest

from lockstep.evaluation import performance as module
from lockstep.evaluation.performance import merge_samples, performance
from lockstep.training.bundle import Bundle
from lockstep.training.metrics import score

SIGNATURES = {
    "binary": {"task": "binary", "threshold": 0.5},
    "multiclass": {"task": "multiclass", "threshold": 0.5},
    "regression": {"task": "regression", "threshold": 0.5},
}
BASELINES = {"binary": [0.5], "multiclass": [0.2, 0.3, 0.5], "regression": [1.0]}


def rows(task: str, size: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Targets and what a fair model says of them."""
    draw = np.random.default_rng(0)
    if task == "multiclass":
        p = draw.dirichlet([2, 2, 2], size)
        return np.array([draw.choice(3, p=one) for one in p]), p
    p = draw.random(size)
    return (draw.random(size) < p).astype(int) if task == "binary" else p + draw.normal(
        size=size
    ), p


@pytest.mark.parametrize("task", list(SIGNATURES))
def test_the_loss_is_a_share_of_the_dummys(task: str) -> None:
    y, p = rows(task)
    name = "rmse" if task == "regression" else "log_loss"
    now = score(task, y, p)
    dummy = np.tile(BASELINES[task], (len(y), 1))
    unit = score(task, y, dummy if task == "multiclass" else dummy[:, 0])[name]
    claimed = {**now, name: now[name] - unit / 10}
    result = performance(Bundle(SIGNATURES[task], BASELINES[task], None), y, p, claimed, seed=1)
    assert (result["metric"], result["rows"]) == (name, len(y))
    assert result["loss"] == pytest.approx(0.1)
    assert result["interval"][0] < 0.1 < result["interval"][1]
    assert {n: one["now"] for n, one in result["metrics"].items()} == now
    assert {n: one["claimed"] for n, one in result["metrics"].items()} == claimed


def test_nothing_is_told_where_the_dummy_is_never_wrong() -> None:
    y = np.ones(5)
    loaded = Bundle(SIGNATURES["regression"], [1.0], None)
    result = performance(loaded, y, y + 1, {"rmse": 0.1}, seed=1)
    assert np.isnan(result["loss"]) and not result["interval"][0] > 0


def test_a_sample_is_the_same_however_the_rows_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ROWS", 100)
    y, p = rows("multiclass", 1000)
    drawn = np.random.default_rng(5).random(1000)

    def of(*cuts: int) -> tuple[np.ndarray, ...]:
        parts = [
            (drawn[a:b], y[a:b], p[a:b]) for a, b in zip((0, *cuts), (*cuts, 1000), strict=True)
        ]
        result: tuple[np.ndarray, ...] = parts[0]
        for part in parts[1:]:
            result = merge_samples(result, part)
        return result

    whole = merge_samples((drawn, y, p), (drawn[:0], y[:0], p[:0]))
    few = np.flatnonzero(drawn <= np.sort(drawn)[99])
    assert np.array_equal(whole[1], y[few]) and np.array_equal(whole[2], p[few])
    for cuts in [(50,), (300, 301, 900), (999,)]:
        assert all(np.array_equal(a, b) for a, b in zip(of(*cuts), whole, strict=True))
