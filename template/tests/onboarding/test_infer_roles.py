"""What is no feature is excluded with its reason, and an option that fits no column is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lockstep.core.errors import ConfigError, DataError
from template.tests.onboarding.inference import infer_dataset
from template.tests.onboarding.tables import N_ROWS, classification_table, infer_plan, integers


def test_identifiers_constants_and_empty_columns_are_excluded(tmp_path: Path) -> None:
    frame = classification_table(
        order_id=np.arange(N_ROWS) * 3,
        nr=[f"K{n:05}" for n in range(N_ROWS)],
        constant="same",
        empty=None,
        text=[f"note number {n} of many" for n in range(N_ROWS)],
        sparse=[1.5] * 4 + [2.5] * 4 + [None] * (N_ROWS - 8),
    )
    plan = infer_plan(tmp_path, frame)
    assert plan.key == ["order_id"] and plan.numeric == ["x"]
    assert set(plan.excluded) == {"nr", "constant", "empty", "text", "sparse"}


def test_whole_numbers_that_are_named_codes_are_categories(tmp_path: Path) -> None:
    frame = classification_table(region_code=integers(0, 5), rooms=integers(0, 5, seed=3))
    plan = infer_plan(tmp_path, frame)
    assert plan.categorical == ["region_code"] == plan.slices and "rooms" in plan.numeric


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no such target": ({"target": "yy"}, "--target 'yy' is no column; did you mean y"),
    "no such key": ({"key": ["xx"]}, "--key 'xx' is no column"),
    "target dropped": ({"drop": ["y"]}, "--drop names the target"),
    "no time": ({"time": "x"}, "expected times"),
    "no task": ({"task": "ranking"}, "allowed: binary"),
    "no key": ({"key": ["x"]}, "twice"),
    "nothing left": ({"drop": ["x"]}, "no column is left"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_option_that_does_not_fit_is_refused(tmp_path: Path, name: str) -> None:
    options, message = REFUSED[name]
    classification_table(x=integers(0, 50)).to_csv(tmp_path / "t.csv", index=False)
    with pytest.raises((ConfigError, DataError)) as error:
        infer_dataset(tmp_path / "t.csv", **{"target": "y", **options})
    assert message in str(error.value)
