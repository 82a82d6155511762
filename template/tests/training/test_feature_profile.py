"""A profile is small and the same for the same rows, and counts of parts add up to those of the whole."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockstep.training import feature_profile
from lockstep.training.feature_profile import Column, Profile

NUMBERS = st.lists(st.one_of(st.floats(-1e9, 1e9), st.integers(-3, 3), st.just(np.nan)), min_size=1)
TEXTS = st.lists(st.sampled_from([*"abcdefgh", "missing", "é"]), min_size=1)


@settings(max_examples=60, deadline=None)
@given(NUMBERS, st.sampled_from([10, 50]))
def test_a_numeric_column_counts_its_own_rows_to_what_it_says(
    values: list[float], most: int
) -> None:
    column = feature_profile.numeric(np.array(values, dtype=float), most)
    assert len(column.bins) <= most and column.bins == sorted(set(column.bins))
    assert feature_profile.count(column, values).tolist() == column.rows
    assert sum(column.rows) == len(values) and column.rows[-1] == 0


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.sampled_from([3, 50]))
def test_a_categorical_column_counts_its_own_rows_to_what_it_says(
    values: list[str], most: int
) -> None:
    column = feature_profile.categorical(pd.Series(values, dtype="str"), most)
    assert len(column.bins) == min(most, len(set(values)))
    assert feature_profile.count(column, pd.Series(values, dtype="str")).tolist() == column.rows
    assert sum(column.rows) == len(values)
    assert sorted(column.rows[:-1], reverse=True) == column.rows[:-1]


@settings(max_examples=60, deadline=None)
@given(NUMBERS, NUMBERS, TEXTS, TEXTS)
def test_counts_of_parts_add_up_to_those_of_the_whole(
    first: list[float], second: list[float], words: list[str], more: list[str]
) -> None:
    column = feature_profile.numeric(np.array(first, dtype=float), 10)
    parts = feature_profile.count(column, first) + feature_profile.count(column, second)
    assert parts.tolist() == feature_profile.count(column, first + second).tolist()
    column = feature_profile.categorical(pd.Series(words, dtype="str"), 3)
    texts = [pd.Series(one, dtype="str") for one in (words, more, words + more)]
    parts, whole = sum(feature_profile.count(column, one) for one in texts[:2]), texts[2]
    assert parts.tolist() == feature_profile.count(column, whole).tolist()  # type: ignore[union-attr]


def test_edges_are_quantiles_and_hold_no_more_than_their_share() -> None:
    values = np.random.default_rng(0).normal(size=12_345)
    column = feature_profile.numeric(values, 100)
    shares = np.arange(1, 101) / 100
    assert column.bins == np.quantile(values, shares, method="inverted_cdf").tolist()
    assert max(column.rows) <= 12_345 / 100 + 1


def test_missing_unseen_and_extreme_values_have_their_place() -> None:
    column = feature_profile.numeric(np.array([1.0, 2.0, 2.0]), 10)
    new = [np.nan, -np.inf, 1.0, 1.5, 2.0, 3.0, np.inf]
    assert feature_profile.count(column, new).tolist() == [1, 1, 1, 1, 1, 2]
    column = feature_profile.categorical(pd.Series(["b", "a", "b"], dtype="str"), 10)
    assert column.bins == ["b", "a"]
    new_texts = pd.Series(["a", "c", "c", None], dtype="str")
    assert feature_profile.count(column, new_texts).tolist() == [0, 1, 3]


def test_a_column_without_a_value_has_a_profile_too() -> None:
    column = feature_profile.numeric(np.array([np.nan, np.nan]), 10)
    assert (column.bins, column.rows) == ([], [2, 0])
    assert feature_profile.count(column, [np.nan, 1.0]).tolist() == [1, 1]


def make_profile(
    train: pd.DataFrame, numbers: list[str], said: dict[str, np.ndarray], metrics: dict[str, float]
) -> Profile:
    """The profile of a frame whose other columns are categorical."""
    most = feature_profile.bins_per_column(train.shape[1] + len(said))
    columns = {
        name: feature_profile.profile_column(train[name], name in numbers, most) for name in train
    }
    return feature_profile.make_profile(columns, said, metrics)


def wide(columns: int) -> Profile:
    """A profile of columns of long random numbers, and of half as many of text."""
    generator = np.random.default_rng(0)
    frame = {f"n{k}": generator.normal(size=3000) for k in range(columns)}
    words = {f"t{k}": generator.integers(0, 10**6, 3000).astype("str") for k in range(columns // 2)}
    train = pd.DataFrame({**frame, **words})
    said = {"score": generator.random(3000)}
    return make_profile(train, list(frame), said, {"rmse": 0.1})


@pytest.mark.parametrize("columns", [4, 20, 60])
def test_a_profile_stays_small_and_is_read_as_it_was_written(columns: int) -> None:
    result = wide(columns)
    content = feature_profile.dumps(result)
    assert len(content) < 200_000
    assert feature_profile.loads(content) == result
    assert feature_profile.dumps(wide(columns)) == content


def test_a_profile_does_not_depend_on_the_order_of_rows() -> None:
    frame = pd.DataFrame({"n": [3.0, 1.0, np.nan, 2.0], "t": list("baab")})
    again = frame.iloc[[2, 0, 3, 1]].reset_index(drop=True)
    said = {"score": np.array([0.5, 0.25])}
    result = make_profile(frame, ["n"], said, {})
    assert feature_profile.dumps(result) == feature_profile.dumps(
        make_profile(again, ["n"], said, {})
    )
    assert result.columns["t"] == Column(False, ["a", "b"], [2, 2, 0])
