"""README.md says what is known of the data, with a stranger's text as code."""

from pathlib import Path

from lockstep.onboarding.data_block import data_block
from template.tests.onboarding.tables import classification_table, infer_plan


def test_the_block_counts_rows_columns_and_features(tmp_path: Path) -> None:
    plan = infer_plan(tmp_path, classification_table())
    block = data_block(plan)
    assert f"{plan.n_rows:,} rows and {len(plan.columns)} columns" in block
    assert f"`{plan.target}` ({plan.task})" in block
    assert f"{len(plan.numeric)} numeric and {len(plan.categorical)} categorical" in block
    assert f"data/raw/{plan.name}/" in block


def test_a_name_from_outside_is_code(tmp_path: Path) -> None:
    plan = infer_plan(tmp_path, classification_table())
    plan.origin = "a [link](https://example.org) | <b>.csv"
    (line,) = [line for line in data_block(plan).splitlines() if "link" in line]
    assert "`a [link](https://example.org) `&#124;` <b>.csv`" in line
