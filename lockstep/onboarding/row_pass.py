"""What one pass over the typed rows gave."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

HANDFUL = 10  # rows of a class


@dataclass
class Rows:
    """What one pass over the typed, valid rows gave."""

    sample: "pd.DataFrame"
    step: int  # every step-th row is in the sample
    total: int = 0
    quarantined: int = 0
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)  # rows by period and class
