"""What is observed of partitions adds up to what is observed of all their rows."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from lockstep.core.schema import Checks, Column, Dataset
from lockstep.prediction.observe import Observed, sample_targets, with_optional_target


def observed(rows: int, counts: list[int], sample: Any = None) -> Observed:
    """Return an observation of one column."""
    return Observed(rows, 1, {"x": np.array(counts)}, {"p": np.array(counts)}, 2, sample)


def test_counts_and_samples_add_up() -> None:
    sample = (np.array([0.5]), np.array([1]), np.array([0.25]))
    total = observed(3, [1, 2], sample) + observed(4, [4, 0])
    assert (total.rows, total.rejected, total.n_unknown_classes) == (7, 2, 4)
    assert total.inputs["x"].tolist() == total.outputs["p"].tolist() == [5, 2]
    assert total.sample is sample
    both = observed(1, [1, 0], sample) + observed(1, [1, 0], sample)
    assert both.sample is not None and both.sample[1].tolist() == [1, 1]
    assert (observed(1, [1, 0]) + observed(1, [1, 0])).sample is None


def test_targets_of_unknown_classes_are_counted_and_missing_ones_left_out() -> None:
    model: Any = SimpleNamespace(signature={"task": "multiclass", "classes": ["a", "b"]})
    target, y_prob = pd.Series(["a", None, "z", "b"]), np.eye(4)[:, :2]
    n_unknown, sample = sample_targets(model, target, y_prob, np.random.default_rng(0))
    assert n_unknown == 1 and sample is not None
    assert sample[1].tolist() == [0, 1] and sample[2].tolist() == y_prob[[0, 3]].tolist()
    nothing = sample_targets(model, target[1:3], y_prob[1:3], np.random.default_rng(0))
    assert nothing == (1, None)


def test_the_target_may_be_missing() -> None:
    columns = {"y": Column("str"), "x": Column("float")}
    dataset = Dataset(
        name="d", recipe="d", task="binary", target="y", checks=Checks(columns=columns)
    )
    relaxed = with_optional_target(dataset)
    assert relaxed.checks.columns["y"].nullable and not relaxed.checks.columns["x"].nullable
    assert not dataset.checks.columns["y"].nullable
