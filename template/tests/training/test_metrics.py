"""Metrics equal scikit-learn's, weights and ties included."""

import numpy as np
import pytest
from sklearn import metrics

from lockstep.evaluation.uncertainty import intervals
from lockstep.training.metrics import auc, score, weighted_scorer

GENERATOR = np.random.default_rng(0)
Y = GENERATOR.integers(0, 2, 500)
P = np.round(np.clip(GENERATOR.normal(0.4 + 0.2 * Y, 0.2), 0.01, 0.99), 2)  # many ties
W = GENERATOR.poisson(1.0, 500).astype(float)


def test_binary_metrics_equal_scikit_learn() -> None:
    own = weighted_scorer("binary", Y, P, 0.5)(W)
    assert own["roc_auc"] == pytest.approx(metrics.roc_auc_score(Y, P, sample_weight=W))
    assert auc(Y, P) == pytest.approx(metrics.roc_auc_score(Y, P))
    assert own["brier"] == pytest.approx(metrics.brier_score_loss(Y, P, sample_weight=W))
    assert own["precision"] == pytest.approx(metrics.precision_score(Y, P >= 0.5, sample_weight=W))
    assert own["recall"] == pytest.approx(metrics.recall_score(Y, P >= 0.5, sample_weight=W))
    assert own["log_loss"] == pytest.approx(metrics.log_loss(Y, P, sample_weight=W))
    average = metrics.average_precision_score(Y, P, sample_weight=W)
    assert own["average_precision"] == pytest.approx(average)
    assert own["f1"] == pytest.approx(metrics.f1_score(Y, P >= 0.5, sample_weight=W))


@pytest.mark.parametrize("rows", [2, 500, 501])
def test_regression_metrics_equal_scikit_learn(rows: int) -> None:
    y, p = GENERATOR.normal(size=rows), GENERATOR.normal(size=rows)
    own = score("regression", y, p)
    assert own["r2"] == pytest.approx(metrics.r2_score(y, p))
    assert own["rmse"] == pytest.approx(metrics.root_mean_squared_error(y, p))
    assert own["median_absolute_error"] == pytest.approx(metrics.median_absolute_error(y, p))


def test_multiclass_metrics_equal_scikit_learn() -> None:
    y, p = GENERATOR.integers(0, 3, 300), GENERATOR.dirichlet([1, 1, 1], 300)
    own = score("multiclass", y, p)
    assert own["macro_f1"] == pytest.approx(metrics.f1_score(y, p.argmax(1), average="macro"))
    assert own["ovr_auc"] == pytest.approx(metrics.roc_auc_score(y, p, multi_class="ovr"))


def test_intervals_hold_the_value() -> None:
    value = score("binary", Y, P, 0.5)
    for name, (low, high) in intervals("binary", Y, P, 0.5, seed=1).items():
        assert low < high
        if name != "calibration_error":  # biased upwards under resampling
            assert low <= value[name] <= high
