"""Two values are shown so that one sees what differs."""

from typing import Any

import pytest

from lockstep.review.cells import direction, less, spread, two

LONG = "the same words " * 20


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (6, 8, ["`6`", "`8`"]),
        (None, "x", ["none", "`x`"]),
        (["a"] * 90 + ["b"], ["a"] * 90 + ["c"], ["with `b`, without `c`", "with `c`, without `b`"]),
        (["a"], ["a", "@b|"], ["without `@b`&#124;", "with `@b`&#124;"]),
        (["a", "b"], ["b", "a"], ["`['a', 'b']`", "`['b', 'a']`"]),
        (LONG + "x", LONG + "y", ["`…ords the same words x`", "`…ords the same words y`"]),
    ],
)  # fmt: skip
def test_a_difference_is_seen(old: Any, new: Any, shown: list[str]) -> None:
    assert two(old, new) == shown


def test_differences_have_signs_intervals_ends_and_metrics_directions() -> None:
    assert (less(1, 3), less(0.5, 0.25), less(None, 1), less("a", 1)) == (
        "+2",
        "-0.25000",
        "n/a",
        "n/a",
    )
    assert spread([-0.5, 0.25]) == "-0.50000 to +0.25000" and spread(None) == "n/a"
    assert direction("brier").endswith("(lower is better)")
    assert direction("roc_auc").endswith("(higher is better)")
