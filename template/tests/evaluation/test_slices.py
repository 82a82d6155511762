"""Slices are judged on all of their rows."""

import numpy as np
import pandas as pd

from lockstep.evaluation.slices import slice_metrics


def test_a_slice_whose_second_class_comes_late_is_judged() -> None:
    sites = pd.Categorical(["a"] * 10_002 + ["b"] * 300 + ["c"] * 3)
    y = np.zeros(len(sites), dtype=int)
    y[10_001] = 1
    result = slice_metrics({"site": sites}, y, np.linspace(0, 1, len(y)), "binary", 0.5, 200)
    assert [(one["value"], one["rows"]) for one in result] == [("a", 10_002)]
