"""A column of the source as it shall be declared, and the range that its numbers may have."""

import math
import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from lockstep.onboarding.number_formats import PLAIN, NumberStyle

AGES, SHARES = (0.0, 120.0), (0.0, 1.0)


@dataclass
class Column:
    """A column of the source as it shall be declared; type is empty for one that cannot be."""

    name: str
    type: str
    n_rows: int
    n_missing: int = 0
    missing_texts: list[str] = field(default_factory=list)
    literal_texts: list[str] = field(default_factory=list)  # mean missing elsewhere, here a value
    number_style: NumberStyle = PLAIN
    has_affixes: bool = False
    time_format: str = ""  # empty: lockstep.data.column_types reads its times as they are
    low: Any = None
    high: Any = None
    has_fractions: bool = False
    value_counts: Counter[Any] | None = None
    n_distinct: int = 0
    is_unique: bool = False
    max_length: int = 0
    notes: list[str] = field(default_factory=list)
    assumptions: list[str] = field(default_factory=list)

    @property
    def n_known(self) -> int:
        """Rows with a value."""
        return self.n_rows - self.n_missing

    @property
    def counted_values(self) -> Counter[Any]:
        """The values and their rows; none where they are too many to count."""
        return self.value_counts if self.value_counts is not None else Counter()


def plausible_range(column: Column) -> tuple[float, float]:
    """Return the range in which a number is plausible: what was seen and half as much again, rounded.

    It never goes below zero where no value does; a share stays a share, an age an age.
    """
    low, high = float(column.low), float(column.high)
    if low >= SHARES[0] and high <= SHARES[1] and column.has_fractions:
        return SHARES
    if "age" in re.split("[-_ ]", column.name.lower()) and low >= AGES[0] and high <= AGES[1]:
        return AGES
    span = (high - low) or abs(high) or 1.0
    if not math.isfinite(2 * span + abs(high)):
        return -sys.float_info.max, sys.float_info.max
    step = 10.0 ** math.floor(math.log10(span))
    if not column.has_fractions:
        step = max(step, 1.0)
    minimum = math.floor((low - span / 2) / step) * step
    maximum = math.ceil((high + span / 2) / step) * step
    if low >= 0:
        minimum = max(minimum, 0.0)
    return float(f"{minimum:.12g}"), float(f"{maximum:.12g}")
