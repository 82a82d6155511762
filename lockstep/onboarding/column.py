"""A column of the source as it shall be declared, and the range that its numbers may have."""

import math
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lockstep.onboarding.number_formats import PLAIN, Style

AGES, SHARES = (0.0, 120.0), (0.0, 1.0)


@dataclass
class Column:
    """A column of the source as it shall be declared; type is empty for one that cannot be."""

    name: str
    type: str
    rows: int
    missing: int = 0
    gaps: list[str] = field(default_factory=list)  # texts that stand for missing
    kept: list[str] = field(default_factory=list)  # texts that would elsewhere, and here do not
    style: Style = PLAIN  # of its numbers
    affixed: bool = False
    form: str = ""  # of its times, where lockstep.data.column_types does not read them
    fine: bool = False
    low: Any = None
    high: Any = None
    fractions: bool = False
    values: Counter[Any] | None = None
    distinct: int = 0
    unique: bool = False
    longest: int = 0
    padded: bool = False
    notes: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)

    @property
    def known(self) -> int:
        """Rows with a value."""
        return self.rows - self.missing


def bounds(column: Column) -> tuple[float, float]:
    """A range in which a number is plausible: what was seen and half as much again, in round numbers.

    Never below zero where nothing is; a share stays one.
    """
    low, high = float(column.low), float(column.high)
    if low >= SHARES[0] and high <= SHARES[1] and column.fractions:
        return SHARES
    words = column.name.lower().replace("-", "_").replace(" ", "_").split("_")
    if "age" in words and low >= AGES[0] and high <= AGES[1]:
        return AGES
    span = (high - low) or abs(high) or 1.0
    if not math.isfinite(2 * span + abs(high)):
        return -sys.float_info.max, sys.float_info.max
    step = 10.0 ** math.floor(math.log10(span))
    if not column.fractions:
        step = max(step, 1.0)
    least = math.floor((low - span / 2) / step) * step
    most = math.ceil((high + span / 2) / step) * step
    if low >= 0:
        least = max(least, 0.0)
    return float(f"{least:.12g}"), float(f"{most:.12g}")
