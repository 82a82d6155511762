"""The split and the gate follow the number of rows, by period and by class."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from lockstep.onboarding.infer_split import choose_boundaries, has_classes_early, infer_gate
from lockstep.onboarding.row_scan import RowScan
from template.tests.onboarding.inference import infer_dataset
from template.tests.onboarding.tables import classification_table, repeat


def scan(counts: dict[tuple[str, str], int], n_quarantined: int = 0) -> RowScan:
    """Return a scan with so many rows by period and class."""
    n_valid = sum(counts.values())
    return RowScan(pd.DataFrame(), 1, n_valid, n_quarantined, Counter(counts))


def test_boundaries_are_near_the_usual_shares() -> None:
    counts = {(f"2020-W{week:02}", ""): 100 for week in range(1, 21)}
    assert choose_boundaries(scan(counts)) == ("2020-W13", "2020-W16")


@pytest.mark.parametrize("sizes", [[500, 500], [980, 10, 10], [6, 2, 2]])
def test_periods_that_are_too_few_uneven_or_small_have_no_boundaries(sizes: list[int]) -> None:
    counts = {(str(period), ""): n_rows for period, n_rows in enumerate(sizes)}
    assert choose_boundaries(scan(counts)) is None


def test_each_class_must_be_in_train() -> None:
    counts = {(period, name): 10 for period in "123" for name in "ab"}
    assert has_classes_early(scan(counts), "1", "2")
    assert not has_classes_early(scan(counts | {("3", "c"): 10}), "1", "2")


def test_the_gate_is_milder_for_few_rows_than_for_many() -> None:
    few = infer_gate("binary", scan({("1", ""): 400}, n_quarantined=100))
    assert set(few) == {"min_slice_rows", "limits", "max_train_test_gap", "max_quarantined_share"}
    assert few["max_quarantined_share"].value == 0.25
    many = infer_gate("binary", scan({("1", ""): 1_000_000}))
    assert set(many) == {"min_slice_rows"} and many["min_slice_rows"].value == 200


def test_rows_without_a_target_are_quarantined_and_the_gate_allows_it(tmp_path: Path) -> None:
    is_missing = np.random.default_rng(3).random(400) < 0.2
    frame = classification_table(y=pd.Series(repeat("yes", "no")).mask(is_missing))
    frame.to_csv(tmp_path / "t.csv", index=False)
    plan, texts = infer_dataset(tmp_path / "t.csv", "y")
    assert any("go to quarantine" in warning for warning in plan.warnings)
    share = yaml.safe_load(texts["conf/gate/mine.yaml"])["max_quarantined_share"]
    assert is_missing.mean() < share < 0.3
