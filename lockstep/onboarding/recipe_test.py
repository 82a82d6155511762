"""The text of tests/recipes/test_NAME.py."""

from lockstep.onboarding.plan import Plan

TEST = '''from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from lockstep.core.schema import Column
from lockstep.data.column_types import typed
from recipes import {name}

RAW = Path("data/raw/{name}")
CONF = yaml.safe_load(Path("conf/dataset/{name}.yaml").read_text(encoding="utf-8"))
DECLARED = {{name: Column(**one) for name, one in CONF["checks"]["columns"].items()}}
FEW = 500  # rows


@pytest.fixture(scope="module")
def frame() -> Iterator[pd.DataFrame]:
    """The first rows, as ingest types them."""
    if not RAW.is_dir():
        pytest.skip(f"{{RAW}} is not here; `dvc pull` brings it")
    _, first = next(iter({name}.load(RAW)))
    yield typed(first.head(FEW), DECLARED, str(RAW))


def test_the_key_names_a_row(frame: pd.DataFrame) -> None:
    assert len(frame) and not frame.duplicated(CONF["key"]).any()


def test_featurize_gives_every_feature_and_keeps_the_rows(frame: pd.DataFrame) -> None:
    made = {name}.featurize({name}.clean(frame))
    assert set(CONF["numeric"] + CONF["categorical"]) <= set(made)
    assert made.index.equals(frame.index)


@settings(deadline=None, max_examples=20)
@given(some=st.lists(st.integers(0, FEW - 1), min_size=1, unique=True))
def test_features_of_some_rows_equal_those_rows_of_all(
    frame: pd.DataFrame, some: list[int]
) -> None:
    every = {name}.featurize({name}.clean(frame))
    some = [row for row in some if row < len(frame)]
    made = {name}.featurize({name}.clean(frame.loc[some]))
    assert_frame_equal(made, every.loc[some])
'''


def test(plan: Plan) -> str:
    """tests/recipes/test_NAME.py."""
    return TEST.format(name=plan.name)
