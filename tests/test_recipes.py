"""Each recipe keeps the rules: row by row, and every column that conf/dataset/ names."""

from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from lockstep.data import recipe
from lockstep.data.roles import keep_roles
from tests.sample import DATASETS, N_ROWS, load_dataset, sample


def features(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what clean() and featurize() of the data set's recipe make of the rows."""
    code = recipe.module(load_dataset(name).recipe)
    result: pd.DataFrame = code.featurize(code.clean(rows.copy()))
    return result


@cache
def features_of_all(name: str) -> pd.DataFrame:
    """Return the features of the whole sample."""
    return features(name, sample(name))


@pytest.mark.parametrize("name", DATASETS)
def test_the_key_names_a_row(name: str) -> None:
    rows = sample(name)
    assert len(rows) and not rows.duplicated(load_dataset(name).key).any()


@pytest.mark.parametrize("name", DATASETS)
def test_featurize_gives_every_column_with_a_role_and_keeps_the_rows(name: str) -> None:
    result = features_of_all(name)
    keep_roles(result, load_dataset(name))  # names the column that is missing or of another type
    assert result.index.equals(sample(name).index)


@pytest.mark.parametrize("name", DATASETS)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_features_of_some_rows_equal_those_rows_of_all(name: str, data: st.DataObject) -> None:
    rows = sample(name)
    positions = st.integers(0, min(N_ROWS, len(rows)) - 1)
    some = data.draw(st.lists(positions, min_size=1, unique=True))
    assert_frame_equal(features(name, rows.loc[some]), features_of_all(name).loc[some])
