"""The target's values set the task, and what is 1 and 0 of two classes."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lockstep.core.errors import DataError
from template.tests.onboarding.tables import (
    DAYS,
    N_ROWS,
    classification_table,
    infer_plan,
    normal,
    repeat,
)

TARGETS = {
    "zero and one": (repeat(0, 1), "binary", {}),
    "one and two": (repeat(1, 2), "binary", {"1": 0, "2": 1}),
    "yes and no": (repeat("yes", "no"), "binary", {"yes": 1, "no": 0}),
    "cases": (repeat("Yes", "no", "yes", "No"), "binary", {"Yes": 1, "no": 0, "yes": 1, "No": 0}),
    "true and false": (repeat(True, False), "binary", {"True": 1, "False": 0}),
    "floats": (repeat("0.0", "1.0"), "binary", {"0.0": 0, "1.0": 1}),
    "the rarer": (repeat("a", "b", "b"), "binary", {"a": 1, "b": 0}),
    "five classes": (repeat(1, 2, 3, 4, 5), "multiclass", {}),
    "words": (repeat("low", "mid", "high"), "multiclass", {}),
    "amounts": (repeat(*range(40)), "regression", {}),
    "numbers": (list(normal()), "regression", {}),
}


@pytest.mark.parametrize("name", TARGETS)
def test_the_target_sets_the_task(tmp_path: Path, name: str) -> None:
    values, task, labels = TARGETS[name]
    plan = infer_plan(tmp_path, pd.DataFrame({"x": normal(seed=1), "y": values}))
    assert (plan.task, plan.labels) == (task, labels)


def test_five_numbers_are_a_regression_if_the_option_says_so(tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": normal(seed=1), "y": repeat(1, 2, 3, 4, 5)})
    assert infer_plan(tmp_path, frame, task="regression").task == "regression"


@pytest.mark.parametrize("values", [repeat(1), [f"t{n}" for n in range(N_ROWS)], DAYS])
def test_a_target_that_sets_no_task_is_refused(tmp_path: Path, values: Any) -> None:
    with pytest.raises(DataError, match="target y"):
        infer_plan(tmp_path, classification_table(y=values))


@pytest.mark.parametrize(
    ("values", "task", "message"),
    [
        (repeat(1, 2, 3), "binary", "binary needs two"),
        (repeat("a", "b", "c"), "regression", "regression needs numbers"),
        (list(range(N_ROWS)), "multiclass", "at most 50"),
    ],
)
def test_a_task_that_the_target_does_not_allow_is_refused(
    tmp_path: Path, values: list[Any], task: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        infer_plan(tmp_path, classification_table(y=values), task=task)
