"""Columns that copy the target are excluded; a strong honest one stays, and the limit is raised."""

from pathlib import Path

import numpy as np
import pandas as pd

from lockstep.onboarding.leak_check import is_copy
from template.tests.onboarding.tables import DAYS, N_ROWS, classification_table, infer_plan, normal


def test_a_copy_of_the_target_is_excluded(tmp_path: Path) -> None:
    frame = classification_table()
    frame["label"] = frame["y"].map({0: "fine", 1: "failed"})
    frame["after"] = frame["y"] * 10 + np.random.default_rng(5).random(N_ROWS).round(3)
    plan = infer_plan(tmp_path, frame)
    assert plan.excluded["label"] == "a near copy of the target"
    assert "leak" in plan.excluded["after"]
    assert plan.numeric == ["x"] and plan.categorical == []


def test_a_date_that_is_known_only_where_the_target_is_true_is_excluded(tmp_path: Path) -> None:
    frame = classification_table()
    frame["ended"] = DAYS.where(frame["y"] == 1)
    plan = infer_plan(tmp_path, frame)
    assert "leak" in plan.excluded["ended"] or "copy" in plan.excluded["ended"]
    assert plan.numeric == ["x"] and plan.time is None


def test_a_line_through_the_target_is_excluded_from_a_regression(tmp_path: Path) -> None:
    frame = classification_table(y=normal())
    frame["doubled"] = frame["y"] * 2 + 1
    assert "doubled" in infer_plan(tmp_path, frame).excluded


def test_a_strong_honest_column_stays_with_a_warning(tmp_path: Path) -> None:
    frame = classification_table()
    frame["strong"] = (frame["y"] + 0.45 * normal(seed=5)).round(4)
    plan = infer_plan(tmp_path, frame)
    assert "strong" in plan.numeric
    assert plan.leakage_limit is not None and 0.9 < plan.leakage_limit < 1
    assert any("--drop" in warning and "strong" in warning for warning in plan.warnings)


def test_a_copy_has_a_value_for_each_class_or_lies_on_a_line() -> None:
    y_true = np.tile([0, 1, 2], 20)
    names = pd.Series(y_true).map({0: "a", 1: "b", 2: "c"})
    assert is_copy(names, y_true, "multiclass")
    assert not is_copy(names.mask(names == "c", "b"), y_true, "multiclass")
    noise = normal(n_rows=60)
    assert is_copy(pd.Series(y_true * -3.0 + 1), y_true, "regression")
    assert not is_copy(pd.Series(y_true + noise), y_true, "regression")
    assert not is_copy(names, y_true, "regression")
