"""The threshold is the best of the rows' scores, in whatever order the rows come."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from lockstep.training.threshold import choose_threshold

ROWS = st.lists(st.tuples(st.integers(0, 1), st.sampled_from([0.1, 0.2, 0.7])), min_size=1)


@given(ROWS, st.sampled_from(["f1", "youden"]))
def test_no_other_score_is_better_and_ties_have_no_order(
    rows: list[tuple[int, float]], criterion: str
) -> None:
    y, p = np.array([y for y, _ in rows]), np.array([p for _, p in rows])
    at = choose_threshold(y, p, criterion)
    assert at in p and at == choose_threshold(y[::-1], p[::-1], criterion)

    def value(threshold: float) -> float:
        said = p >= threshold
        if criterion == "f1":
            return float(f1_score(y, said, zero_division=0))
        rates = [float(said[y == k].mean()) if (y == k).any() else 0.0 for k in (1, 0)]
        return rates[0] - rates[1]

    assert value(at) == pytest.approx(max(value(one) for one in p))


@pytest.mark.parametrize("criterion", ["f1", "youden"])
def test_the_threshold_is_the_best_of_all(criterion: str) -> None:
    draw = np.random.default_rng(6)
    p = draw.random(200).round(2)  # with ties
    y = (draw.random(200) < p).astype(int)

    def worth(threshold: float) -> float:
        said = p >= threshold
        hits, real = int((said & (y == 1)).sum()), int(y.sum())
        if criterion == "f1":
            return 2 * hits / (int(said.sum()) + real)
        return hits / real - (int(said.sum()) - hits) / (len(y) - real)

    assert worth(choose_threshold(y, p, criterion)) == pytest.approx(
        max(worth(t) for t in np.unique(p))
    )
