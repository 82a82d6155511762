"""Cells that several tables of a review have: differences, intervals, a metric's direction."""

from typing import Any

from lockstep.core.metric_names import LOWER_IS_BETTER
from lockstep.review.markdown import WIDEST, Markdown, code, listed, number

Record = dict[str, Any]
CONTEXT = 20  # characters before a difference of long texts


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


def two(old: Any, new: Any) -> list[Markdown]:
    """Two values that differ, each so that the difference is seen: of lists what only one of them has.

    Of long texts what comes before the difference is left out.
    """
    if isinstance(old, list) and isinstance(new, list):
        one, other = (
            [str(v) for v in values if v not in rest] for values, rest in ((old, new), (new, old))
        )
        if one or other:
            return [with_and_without(one, other), with_and_without(other, one)]
    texts = [str(old), str(new)]
    pairs = enumerate(zip(*texts, strict=False))
    same = next((at for at, (a, b) in pairs if a != b), min(map(len, texts)))
    if max(map(len, texts)) > WIDEST and same > CONTEXT:
        texts = ["…" + text[same - CONTEXT :] for text in texts]
    shown = zip((old, new), texts, strict=True)
    return [Markdown("none") if value is None else code(text) for value, text in shown]


def with_and_without(having: list[str], lacking: list[str]) -> Markdown:
    """What a list has that another has not, and the other way round."""
    parts = [f"{word} {listed(of)}" for word, of in (("with", having), ("without", lacking)) if of]
    return Markdown(", ".join(parts))
