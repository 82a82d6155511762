"""What all rows so far hold of one column, in bounded memory."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lockstep.onboarding.number_formats import Style

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LISTED = 1000  # distinct values that are counted one by one
SKETCH = 4096  # smallest hashes kept: exact below, an estimate of 2 % above


@dataclass
class Seen:
    """What all rows so far hold of one column."""

    name: str
    rows: int = 0
    missing: int = 0  # empty, or missing by the file's own type
    gaps: Counter[str] = field(default_factory=Counter)  # texts that may mean missing
    kinds: Counter[str] = field(default_factory=Counter)  # text, int, float, bool, datetime, other
    values: Counter[Any] | None = field(default_factory=Counter)  # None: more than LISTED
    styles: Counter[Style] = field(default_factory=Counter)
    affixed: int = 0  # numbers with a currency or percent sign
    odd: Counter[str] = field(default_factory=Counter)  # texts that are numbers in no style
    pointed: bool = False  # a decimal sign or an exponent is there
    fractions: bool = False  # and digits other than zero behind it
    zeros: bool = False  # a whole number begins with a zero, as in a postcode
    large: bool = False  # a whole number is beyond 64 bits
    spans: dict[Style, tuple[float, float]] = field(default_factory=dict)
    forms: Counter[str] = field(default_factory=Counter)  # of times
    times: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    zoned: bool = False
    fine: bool = False  # times finer than microseconds
    longest: int = 0
    padded: bool = False  # spaces at an end
    sketch: Any = None
    hashes: "list[np.ndarray] | None" = field(default_factory=list)  # None: a value came twice

    @property
    def known(self) -> int:
        """Rows with a value, those that may mean missing included."""
        return self.rows - self.missing

    @property
    def distinct(self) -> int:
        """How many different values there are, estimated where many (KMV sketch, Bar-Yossef 2002)."""
        if self.sketch is None or len(self.sketch) < SKETCH:
            return 0 if self.sketch is None else len(self.sketch)
        return int((SKETCH - 1) / (float(self.sketch[-1]) / 2.0**64))

    @property
    def unique(self) -> bool:
        """Whether no value came twice."""
        import numpy as np

        if self.hashes is None or not self.hashes:
            return False
        everyone = np.concatenate(self.hashes)
        return len(np.unique(everyone)) == len(everyone)


def widen(old: tuple[Any, Any] | None, low: Any, high: Any) -> tuple[Any, Any]:
    """A span that holds the new values too."""
    return (low, high) if old is None else (min(old[0], low), max(old[1], high))


def remember(seen: Seen, values: "pd.Series") -> None:
    """Counts and hashes of known values of one kind."""
    import numpy as np
    import pandas as pd

    counted = values.value_counts(sort=False)
    if seen.values is not None:
        seen.values.update(dict(zip(counted.index.tolist(), counted.tolist(), strict=True)))
        if len(seen.values) > LISTED:
            seen.values = None
    distinct = pd.Series(counted.index)
    hashed = np.unique(pd.util.hash_pandas_object(distinct, index=False).to_numpy())
    if seen.hashes is not None:
        if len(counted) < len(values):
            seen.hashes = None
        else:
            seen.hashes.append(hashed)
    both = hashed if seen.sketch is None else np.union1d(seen.sketch, hashed)
    seen.sketch = both[:SKETCH]
