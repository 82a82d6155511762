"""Rows come piece by piece and give the same frame, numbers and codes as when they come whole."""

import numpy as np
import pandas as pd
import pytest

from lockstep.models.rows import Codes, as_numbers, category_values, compact, cut

FRAME = pd.DataFrame({"size": [1.0, np.nan, 3.0, 4.0], "colour": ["red", "blue", "red", "green"]})


@pytest.mark.parametrize("size", [1, 3, 4, 99])
def test_pieces_carry_their_rows_targets_and_weights(size: int) -> None:
    target, weights = np.arange(4), np.arange(4) * 10.0
    pieces = list(cut(FRAME, target, weights, size).pieces())
    assert len(pieces) == -(-4 // size)
    pd.testing.assert_frame_equal(pd.concat([frame for frame, _, _ in pieces]), FRAME)
    assert np.concatenate([part for _, part, _ in pieces]).tolist() == target.tolist()
    assert np.concatenate([part for _, _, part in pieces]).tolist() == weights.tolist()


@pytest.mark.parametrize("size", [1, 3, 99])
def test_one_frame_is_filled_piece_by_piece(size: int) -> None:
    frames = (FRAME.iloc[start : start + size] for start in range(0, 4, size))
    whole = compact(frames, 4, ["size"], ["colour"], "float32")
    assert whole["size"].dtype == "float32" and whole["colour"].tolist() == FRAME["colour"].tolist()
    np.testing.assert_array_equal(whole["size"], FRAME["size"].astype("float32"))


def test_codes_follow_the_order_in_which_values_appear() -> None:
    codes = Codes(4)
    codes.add(FRAME["colour"][:1])
    codes.add(FRAME["colour"][1:])
    assert codes.values().categories.tolist() == ["red", "blue", "green"]


def test_categories_become_codes_and_unknown_ones_are_missing() -> None:
    known = category_values([FRAME[:2], FRAME[2:]], ["colour"])
    assert known == {"colour": ["blue", "green", "red"]}
    numbers = as_numbers(FRAME.assign(colour=["red", "mauve", "blue", "green"]), known, "float64")
    np.testing.assert_array_equal(numbers[:, 1], [2, np.nan, 0, 1])
    np.testing.assert_array_equal(numbers[:, 0], FRAME["size"])


def test_numbers_beyond_the_highest_are_cut_to_it() -> None:
    frame = pd.DataFrame({"size": [1e300, -1e300, 5.0]})
    assert as_numbers(frame, {}, "float32", highest=10.0)[:, 0].tolist() == [10.0, -10.0, 5.0]
