"""Cells that several tables of a review have: differences, intervals, a metric's direction."""

from typing import Any

from pipeline.metrics import LOWER_IS_BETTER
from pipeline.review.markdown import Markdown, code, number

Record = dict[str, Any]


def less(old: Any, new: Any) -> Markdown:
    """New less old where both are numbers."""
    known = all(isinstance(one, int | float) for one in (old, new))
    return number(new - old if known else None, sign=True)


def spread(edges: list[float] | None) -> Markdown:
    """An interval."""
    return Markdown(" to ".join(number(one, sign=True) for one in edges) if edges else "n/a")


def direction(metric: str) -> Markdown:
    """A metric's name and which way is better."""
    return Markdown(
        f"{code(metric)} ({'lower' if metric in LOWER_IS_BETTER else 'higher'} is better)"
    )
