"""Bootstrap intervals: seeded, of the rows, and honest where there is no value."""

import math

import numpy as np

from lockstep.evaluation.uncertainty import intervals, percentile_interval, row_weights

RNG = np.random.default_rng(0)
Y_TRUE = RNG.integers(0, 2, 500)
Y_PROB = np.clip(0.25 + 0.5 * Y_TRUE + RNG.normal(scale=0.2, size=500), 0.01, 0.99)


def test_the_same_seed_gives_the_same_intervals_and_another_seed_others() -> None:
    first, again, other = (intervals("binary", Y_TRUE, Y_PROB, 0.5, seed) for seed in (1, 1, 2))
    assert first == again != other


def test_the_interval_of_the_mean_error_is_that_of_its_standard_error() -> None:
    y_true = RNG.normal(size=2000)
    errors = RNG.exponential(size=2000)
    low, high = intervals("regression", y_true, y_true + errors, 0.5, seed=3, n_draws=2000)["mae"]
    expected = 2 * 1.96 * errors.std() / math.sqrt(2000)
    assert abs((high - low) / expected - 1) < 0.1
    assert low < errors.mean() < high


def test_a_draw_without_a_value_is_left_out_and_no_draw_gives_no_interval() -> None:
    assert percentile_interval([1.0, float("nan"), 1.0]) == [1.0, 1.0]
    assert all(math.isnan(edge) for edge in percentile_interval([float("nan")]))


def test_weights_count_rows_and_are_never_all_zero() -> None:
    draws = list(row_weights(1, seed=0, n_draws=50))
    assert len(draws) == 50 and all(draw.sum() > 0 for draw in draws)
