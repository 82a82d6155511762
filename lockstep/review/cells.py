"""Cells that several tables of a review have: differences, intervals, a metric's direction."""

from typing import Any

from lockstep.core.escaping import VALUE_LENGTH, Markdown, markdown_code
from lockstep.core.formatting import UNKNOWN, Figure, interval
from lockstep.core.own_metrics import direction_remark
from lockstep.review.markdown import DECIMALS, code_list, metric_value

CONTEXT_LENGTH = 20  # characters before a difference of long texts


def difference(old: Any, new: Any) -> Figure | Markdown:
    """Return new less old where both are numbers, else n/a."""
    are_numbers = all(isinstance(value, int | float) for value in (old, new))
    return metric_value(new - old, sign=True) if are_numbers else UNKNOWN


def difference_interval(edges: list[float] | None) -> Figure:
    """Return the interval of a difference."""
    return interval(*edges, decimals=DECIMALS, sign=True) if edges else UNKNOWN


def metric_direction(metric: str) -> Markdown:
    """Return a metric's name and which way is better."""
    return Markdown(f"{markdown_code(metric)} ({direction_remark(metric)})")


def value_pair(old: Any, new: Any) -> list[Markdown]:
    """Return two different values so that the difference shows.

    Of lists it is what only one of them has, of long texts what comes after their common start.
    """
    if isinstance(old, list) and isinstance(new, list):
        only_old = [str(value) for value in old if value not in new]
        only_new = [str(value) for value in new if value not in old]
        if only_old or only_new:
            return [membership(only_old, only_new), membership(only_new, only_old)]
    texts = after_common_start(str(old), str(new))
    return [
        Markdown("none") if value is None else markdown_code(text)
        for value, text in zip((old, new), texts, strict=True)
    ]


def after_common_start(old: str, new: str) -> list[str]:
    """Return both texts; of long ones all but the end of their common start is left out."""
    pairs = enumerate(zip(old, new, strict=False))
    n_common = next((i for i, (a, b) in pairs if a != b), min(len(old), len(new)))
    if max(len(old), len(new)) > VALUE_LENGTH and n_common > CONTEXT_LENGTH:
        return ["…" + text[n_common - CONTEXT_LENGTH :] for text in (old, new)]
    return [old, new]


def membership(present: list[str], absent: list[str]) -> Markdown:
    """Return which values a list has that the other has not, and the other way round."""
    pairs = (("with", present), ("without", absent))
    return Markdown(", ".join(f"{word} {code_list(values)}" for word, values in pairs if values))
