from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from recipes import penguins

FRAME = pd.concat([part for _, part in penguins.load(Path("data/raw/penguins"))])


@settings(deadline=None, max_examples=20)
@given(some=st.lists(st.integers(0, len(FRAME) - 1), min_size=1, unique=True))
def test_features_of_some_rows_equal_those_rows_of_all(some: list[int]) -> None:
    every = penguins.featurize(penguins.clean(FRAME))
    assert_frame_equal(penguins.featurize(penguins.clean(FRAME.loc[some])), every.loc[some])
