"""Two values are shown so that their difference can be seen."""

from typing import Any

import pytest

from lockstep.review.cells import difference, difference_interval, metric_direction, value_pair

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
def test_a_difference_can_be_seen(old: Any, new: Any, shown: list[str]) -> None:
    assert value_pair(old, new) == shown


def test_differences_have_signs_intervals_ends_and_metrics_directions() -> None:
    assert (difference(1, 3), difference(0.5, 0.25)) == ("+2", "-0.25000")
    assert (difference(None, 1), difference("a", 1)) == ("n/a", "n/a")
    assert difference_interval([-0.5, 0.25]) == "-0.50000 to +0.25000"
    assert difference_interval(None) == "n/a"
    assert metric_direction("brier").endswith("(lower is better)")
    assert metric_direction("roc_auc").endswith("(higher is better)")
