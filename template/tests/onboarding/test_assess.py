"""What will hurt later is a warning, in the plan and in the configuration."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lockstep.onboarding import proof
from lockstep.onboarding.assess import count_placeholder
from template.tests.onboarding.inference import infer_dataset
from template.tests.onboarding.tables import (
    DAYS,
    N_ROWS,
    classification_table,
    infer_plan,
    normal,
    repeat,
)
from tests.closure import ROOT

WARNINGS: dict[str, tuple[dict[str, Any], str]] = {
    "a time in the future": ({"due": DAYS + pd.Timedelta(days=36500)}, "in the future"),
    "rows twice": ({"x": repeat(1.25), "z": repeat(2.5, 3.5)}, "there twice"),
    "a number for missing": ({"bmi": repeat(*(25 + normal(n_rows=20)), -999)}, "-999"),
    "numbers as text": ({"price": repeat("1,234.50", "99.00")}, "numbers stored as text"),
    "mixed": ({"size": repeat(1, 2, 3, "wide")}, "mixed"),
}


@pytest.mark.parametrize("name", WARNINGS)
def test_what_hurts_later_is_a_warning_in_the_configuration(tmp_path: Path, name: str) -> None:
    columns, message = WARNINGS[name]
    classification_table(**columns).to_csv(tmp_path / "t.csv", index=False)
    plan, texts = infer_dataset(tmp_path / "t.csv", "y")
    assert any(message in warning for warning in plan.warnings), plan.warnings
    assert message in texts["conf/dataset/mine.yaml"]


def test_a_class_with_a_handful_of_rows_is_a_warning(tmp_path: Path) -> None:
    classes = ["a", "b"] * (N_ROWS // 2 - 1) + ["c", "c"]
    plan = infer_plan(tmp_path, classification_table(y=classes))
    assert any("handful" in warning and "'c' in 2" in warning for warning in plan.warnings)


@pytest.mark.parametrize(
    ("values", "placeholder", "expected"),
    [([1, 2, -9, -9], -9, 2), ([-1, 2, -9], -9, 0), ([5, 9, 999], 999, 1), ([700, 999], 999, 0)],
)
def test_a_placeholder_is_far_from_all_other_values(
    values: list[int], placeholder: int, expected: int
) -> None:
    assert count_placeholder(pd.Series(values), placeholder) == expected


@pytest.mark.parametrize(("name", "is_heavy"), [("pay", True), ("size", False), ("change", False)])
def test_a_heavy_tail_is_offered_its_logarithm_in_a_line_that_composes(
    tmp_path: Path, name: str, is_heavy: bool
) -> None:
    x = normal(seed=1)
    targets = {"pay": np.exp(1.5 * x + 5), "size": 50 + x, "change": x**3}
    frame = pd.DataFrame({"x": x + normal(seed=2), name: targets[name]})
    frame.to_csv(tmp_path / "t.csv", index=False)
    plan, texts = infer_dataset(tmp_path / "t.csv", name)
    conf = texts["conf/dataset/mine.yaml"]
    assert plan.has_heavy_tail == is_heavy == ("# target_transform: log1p" in conf)
    assert any("heavy" in note for note in plan.assumptions) == is_heavy
    if is_heavy:
        files = texts | {"conf/dataset/mine.yaml": conf.replace("# target_tr", "target_tr")}
        config = proof.compose_with(ROOT, tmp_path, files, ["experiment=mine"])
        assert config.dataset.target_transform == "log1p"
