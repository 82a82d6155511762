"""Statistics of one column over all rows read so far, in bounded memory."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lockstep.onboarding.number_formats import NumberStyle

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MAX_COUNTED = 1000  # distinct values that are counted one by one
SKETCH_SIZE = 4096  # smallest hashes that the sketch has: exact below, an estimate of 2 % above


@dataclass
class ColumnStats:
    """Statistics of one column over all rows read so far."""

    name: str
    n_rows: int = 0
    n_missing: int = 0  # empty, or missing by the file's own type
    missing_texts: Counter[str] = field(default_factory=Counter)  # texts that may mean missing
    kind_counts: Counter[str] = field(
        default_factory=Counter
    )  # text, int, float, bool, datetime, other
    value_counts: Counter[Any] | None = field(default_factory=Counter)  # None: over MAX_COUNTED
    style_counts: Counter[NumberStyle] = field(default_factory=Counter)
    n_affixed: int = 0  # numbers with a currency or percent sign
    non_numbers: Counter[str] = field(default_factory=Counter)  # texts that are numbers in no style
    has_decimal_point: bool = False  # or an exponent
    has_fractions: bool = False  # digits other than zero behind the decimal sign
    has_leading_zeros: bool = False  # of a whole number, as in a postcode
    exceeds_int64: bool = False
    number_ranges: dict[NumberStyle, tuple[float, float]] = field(default_factory=dict)
    format_counts: Counter[str] = field(default_factory=Counter)  # of times
    time_ranges: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # by format
    has_zone: bool = False
    has_nanoseconds: bool = False
    max_length: int = 0
    sketch: Any = None
    hashes: "list[np.ndarray] | None" = field(default_factory=list)  # None: a value came twice

    @property
    def n_known(self) -> int:
        """Rows with a value, including those that may mean missing."""
        return self.n_rows - self.n_missing

    @property
    def n_distinct(self) -> int:
        """Number of different values: exact while small, else estimated (KMV sketch, Bar-Yossef 2002)."""
        if self.sketch is None or len(self.sketch) < SKETCH_SIZE:
            return 0 if self.sketch is None else len(self.sketch)
        return int((SKETCH_SIZE - 1) / (float(self.sketch[-1]) / 2.0**64))

    @property
    def is_unique(self) -> bool:
        """Whether no value came twice."""
        import numpy as np

        if not self.hashes:
            return False
        all_hashes = np.concatenate(self.hashes)
        return len(np.unique(all_hashes)) == len(all_hashes)


def widen_range(known: tuple[Any, Any] | None, low: Any, high: Any) -> tuple[Any, Any]:
    """Return a range that covers the known one and the new values."""
    return (low, high) if known is None else (min(known[0], low), max(known[1], high))


def update_distinct(stats: ColumnStats, values: "pd.Series") -> None:
    """Add known values of one kind to the value counts, the hashes and the sketch."""
    import numpy as np
    import pandas as pd

    counts = values.value_counts(sort=False)
    if stats.value_counts is not None:
        stats.value_counts.update(dict(zip(counts.index.tolist(), counts.tolist(), strict=True)))
        if len(stats.value_counts) > MAX_COUNTED:
            stats.value_counts = None
    distinct = pd.Series(counts.index)
    hashes = np.unique(pd.util.hash_pandas_object(distinct, index=False).to_numpy())
    if stats.hashes is not None:
        if len(counts) < len(values):
            stats.hashes = None
        else:
            stats.hashes.append(hashes)
    merged = hashes if stats.sketch is None else np.union1d(stats.sketch, hashes)
    stats.sketch = merged[:SKETCH_SIZE]
