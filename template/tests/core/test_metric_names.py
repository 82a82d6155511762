"""The names of metrics are those that are computed, and each has its direction."""

import numpy as np
import pytest

from lockstep.core.metric_names import LOWER_IS_BETTER, METRICS
from lockstep.core.schema import TASKS
from lockstep.training.metrics import score

Y_TRUE = {
    "binary": np.array([0, 1, 1, 0]),
    "multiclass": np.array([0, 1, 2, 1]),
    "regression": np.array([1.0, 2.0, 3.0, 5.0]),
}
PERFECT = {
    "binary": np.array([0.01, 0.99, 0.98, 0.02]),
    "multiclass": np.eye(3)[[0, 1, 2, 1]] * 0.97 + 0.01,
    "regression": np.array([1.0, 2.0, 3.0, 5.0]),
}
POOR = {
    "binary": np.array([0.8, 0.3, 0.4, 0.7]),
    "multiclass": np.eye(3)[[1, 2, 0, 0]] * 0.7 + 0.1,
    "regression": np.array([4.0, 1.0, 1.0, 1.0]),
}


@pytest.mark.parametrize("task", TASKS)
def test_every_metric_is_computed_and_is_better_in_its_direction(task: str) -> None:
    good, poor = (score(task, Y_TRUE[task], y_prob[task]) for y_prob in (PERFECT, POOR))
    assert tuple(good) == METRICS[task]
    for name in METRICS[task]:
        assert (good[name] < poor[name]) == (name in LOWER_IS_BETTER), name
