"""Indices and tests from counts are those of the raw rows; what drifted is told from what did not."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lockstep.core.schema import Drift
from lockstep.evaluation.drift import (
    FLOOR,
    benjamini_hochberg,
    chi_square,
    compare,
    groups,
    ks,
    psi,
)
from lockstep.training import feature_profile
from lockstep.training.feature_profile import Column

COUNTS = st.lists(st.integers(0, 1000), min_size=2, max_size=12).filter(any)
SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=100, deadline=None)
@given(COUNTS, st.integers(1, 50))
def test_the_index_of_equal_shares_is_zero(counts: list[int], times: int) -> None:
    rows = np.array(counts)
    assert psi(rows, rows * times) == pytest.approx(0.0, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=2))
def test_the_index_is_symmetric_and_never_below_zero(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs).T
    assert psi(first, second) == pytest.approx(psi(second, first))
    assert psi(first, second) >= 0


def shifted(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Training and new values, moved, of another spread, rounded so that some are equal, some missing."""
    draw = np.random.default_rng(seed)
    sides = []
    for size in draw.integers(200, 3000, 2):
        values = draw.normal(draw.normal(0, 0.3), draw.uniform(0.7, 1.4), size)
        values = np.round(values, int(draw.integers(0, 6)))
        sides.append(np.where(draw.random(size) < draw.choice([0, 0.1]), np.nan, values))
    return sides[0], sides[1]


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_the_index_of_a_numeric_column_is_that_of_the_raw_rows_in_deciles(seed: int) -> None:
    old, new = shifted(seed)
    known = old[~np.isnan(old)]
    inner = np.unique(np.sort(known)[[-(-k * len(known) // 10) - 1 for k in range(1, 10)]])
    edges = [-np.inf, *inner, np.inf]
    total = 0.0
    for low, high in [(np.nan, np.nan), *pairwise(edges)]:
        shares = []
        for side in (old, new):
            inside = np.isnan(side) if np.isnan(low) else (side > low) & (side <= high)
            shares.append(max(inside.mean(), FLOOR))
        total += (shares[1] - shares[0]) * np.log(shares[1] / shares[0])
    [result] = compare(*both(old, new), Drift())
    assert result["psi"] == pytest.approx(total, abs=1e-9)


def both(old: np.ndarray, new: np.ndarray) -> tuple[dict[str, Column], dict[str, np.ndarray]]:
    """A profile of one column, and what is counted of the new values."""
    column = feature_profile.numeric(old, 100)
    return {"x": column}, {"x": feature_profile.count(column, new)}


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_kolmogorov_smirnov_is_that_of_the_raw_rows_but_for_what_lies_within_a_bin(
    seed: int,
) -> None:
    old, new = shifted(seed)
    lowest = [np.nan_to_num(side, nan=-1e9) for side in (old, new)]  # missing is below all
    raw = stats.ks_2samp(*lowest, method="asymp")
    [result] = compare(*both(old, new), Drift())
    assert raw.statistic - 1 / 100 - 1e-9 <= result["statistic"] <= raw.statistic + 1e-9


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_kolmogorov_smirnov_is_exact_where_every_old_value_is_an_edge(seed: int) -> None:
    old, new = shifted(seed)
    old = np.round(old, 1)
    raw = stats.ks_2samp(*(np.nan_to_num(side, nan=-1e9) for side in (old, new)), method="exact")
    [result] = compare(*both(old, new), Drift())
    assert result["statistic"] == pytest.approx(raw.statistic, abs=1e-12)
    assert result["p_value"] == pytest.approx(raw.pvalue, rel=0.1, abs=0.01)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(20, 900), st.integers(20, 900)), min_size=2, max_size=30))
def test_chi_square_is_scipys(pairs: list[tuple[int, int]]) -> None:
    first, second = np.array(pairs).T
    statistic, p = chi_square(first, second)
    usual = stats.chi2_contingency(np.array([first, second]), correction=False)
    rare = usual.expected_freq.min(axis=0) < 5
    if not rare.any():
        assert (statistic, p) == (pytest.approx(usual.statistic), pytest.approx(usual.pvalue))


def test_rare_values_are_taken_together_before_chi_square() -> None:
    first, second = np.array([500, 400, 3, 2, 0, 1]), np.array([450, 460, 0, 4, 1, 0])
    usual = stats.chi2_contingency([[500, 400, 6], [450, 460, 5]], correction=False)
    assert chi_square(first, second) == pytest.approx((usual.statistic, usual.pvalue))
    assert chi_square(np.array([9, 0]), np.array([7, 0])) == (0.0, 1.0)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_p_values_are_corrected_as_scipy_does(p: list[float]) -> None:
    assert benjamini_hochberg(np.array(p)) == pytest.approx(stats.false_discovery_control(p))


def test_a_value_that_training_did_not_have_is_a_group_of_its_own() -> None:
    column = feature_profile.categorical(pd.Series(["a"] * 900 + ["b"] * 100, dtype="str"), 50)
    assert groups(column).tolist() == [0, 18, 20]
    new = pd.Series(["a"] * 850 + ["b"] * 100 + ["c"] * 50, dtype="str")
    [result] = compare({"x": column}, {"x": feature_profile.count(column, new)}, Drift())
    assert result["drifted"] and result["psi"] > 0.3


def test_many_rare_values_do_not_drift_by_chance() -> None:
    draw = np.random.default_rng(0)
    old, new = (pd.Series(draw.integers(0, 800, n).astype("str")) for n in (20_000, 1000))
    column = feature_profile.categorical(old, 1000)
    [result] = compare({"x": column}, {"x": feature_profile.count(column, new)}, Drift())
    assert not result["drifted"] and result["psi"] < 0.1


def test_the_smallest_difference_is_significant_in_enough_rows_and_no_drift() -> None:
    draw = np.random.default_rng(0)
    [result] = compare(*both(draw.normal(size=200_000), draw.normal(0.05, 1, 200_000)), Drift())
    assert result["p_value"] < 1e-20 and result["psi"] < 0.01 and not result["drifted"]


def test_noise_in_few_rows_has_a_high_index_and_is_no_drift() -> None:
    draw = np.random.default_rng(1)
    [result] = compare(*both(draw.normal(size=2000), draw.normal(size=20)), Drift())
    assert result["psi"] > 0.1 and result["p_value"] > 0.05 and not result["drifted"]


def test_values_that_go_missing_are_drift() -> None:
    draw = np.random.default_rng(0)
    old, new = draw.normal(size=2000), draw.normal(size=2000)
    [result] = compare(*both(old, np.where(draw.random(2000) < 0.3, np.nan, new)), Drift())
    assert result["drifted"]


def test_a_limit_decides() -> None:
    draw = np.random.default_rng(0)
    sides = both(draw.normal(size=2000), draw.normal(0.5, 1, 2000))
    assert compare(*sides, Drift())[0]["drifted"]
    assert not compare(*sides, Drift(psi=1.0))[0]["drifted"]
    assert not compare(*sides, Drift(p_value=0.0))[0]["drifted"]


def test_ks_p_value_is_near_the_exact_one_for_few_rows() -> None:
    draw = np.random.default_rng(3)
    for _ in range(20):
        old, new = draw.normal(size=60), draw.normal(0.4, 1, 40)
        raw = stats.ks_2samp(old, new, method="exact")
        edges = np.unique(np.concatenate([old, new]))
        counted = [np.bincount(np.searchsorted(edges, side), minlength=100) for side in (old, new)]
        assert ks(*counted) == pytest.approx((raw.statistic, raw.pvalue), rel=0.12, abs=1e-3)
