"""Predictions become columns and come back in the shape in which a bundle predicts."""

import numpy as np
import pandas as pd
import pytest

from lockstep.training.predictions import (
    as_columns,
    from_columns,
    predicted_classes,
    prediction_columns,
)

CLASSES = ["a", "b", "c"]
Y_PROB = {
    "binary": np.array([0.2, 0.5]),
    "multiclass": np.array([[0.2, 0.5, 0.3], [0.6, 0.3, 0.1]]),
    "regression": np.array([3.0, -1.0]),
}


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("binary", ["score"]),
        ("multiclass", ["p_a", "p_b", "p_c"]),
        ("regression", ["prediction"]),
    ],
)
def test_columns_come_back_as_they_were(task: str, expected: list[str]) -> None:
    by_name = as_columns(task, Y_PROB[task], CLASSES)
    assert list(by_name) == prediction_columns(task, CLASSES) == expected
    assert np.array_equal(from_columns(pd.DataFrame(by_name), task, expected), Y_PROB[task])


def test_a_class_is_predicted_from_the_threshold_on_or_by_the_highest_probability() -> None:
    binary = predicted_classes("binary", Y_PROB["binary"], 0.5, ["no", "yes"])
    multiclass = predicted_classes("multiclass", Y_PROB["multiclass"], 0.5, CLASSES)
    assert binary is not None and binary.tolist() == ["no", "yes"]
    assert multiclass is not None and multiclass.tolist() == ["b", "a"]
    assert predicted_classes("regression", Y_PROB["regression"], 0.5, []) is None
