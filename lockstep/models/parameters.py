"""What a model's parameter may be: a number in a range, or one of some values.

A value outside is refused while the configuration is composed, so a sweep with a bad value is never
queued.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Number(NamedTuple):
    """A number from low to high, the bounds allowed; whole where it counts things."""

    low: float
    high: float
    whole: bool = False
    none: bool = False  # whether null, for no limit, is allowed


class Choice(NamedTuple):
    """One of these values."""

    values: tuple[str | bool, ...]


Rule = Number | Choice


def count(low: int, high: int, none: bool = False) -> Number:
    """Return the rule of a whole number."""
    return Number(low, high, whole=True, none=none)


def describe(rule: Rule) -> str:
    """Return the rule as text for a person."""
    if isinstance(rule, Choice):
        texts = (str(value).lower() if isinstance(value, bool) else value for value in rule.values)
        return ", ".join(texts)
    kind = "a whole number from " if rule.whole else ""
    return f"{kind}{rule.low:.12g} to {rule.high:.12g}{', null' if rule.none else ''}"


def is_allowed(rule: Rule, value: object) -> bool:
    """Return whether the value obeys the rule; true is not a number."""
    if isinstance(rule, Choice):
        return any(
            value is allowed or (isinstance(allowed, str) and value == allowed)
            for allowed in rule.values
        )
    if value is None:
        return rule.none
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return rule.low <= value <= rule.high and (not rule.whole or float(value).is_integer())


def refusal(
    kind: str, rules: Mapping[str, Rule], required: tuple[str, ...], params: Mapping[str, object]
) -> tuple[str, object, str] | None:
    """Return the first parameter that is not allowed: its key, its value and what is allowed."""
    for name, value in params.items():
        if name not in rules:
            return f"model.params.{name}", value, f"for {kind}, {', '.join(rules) or 'no key'}"
        if not is_allowed(rules[name], value):
            return f"model.params.{name}", value, describe(rules[name])
    for name in required:
        if name not in params:
            return f"model.params.{name}", None, f"{describe(rules[name])}; it must be given"
    return None
