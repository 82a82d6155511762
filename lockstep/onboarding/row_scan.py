"""What one pass over the typed, valid rows gives."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

HANDFUL = 10  # rows: fewer are too few to learn a class from


@dataclass
class RowScan:
    """Counts over all valid rows, and a sample of them."""

    sample: "pd.DataFrame"
    stride: int  # every stride-th row is in the sample
    n_valid: int = 0
    n_quarantined: int = 0
    period_class_counts: Counter[tuple[str, str]] = field(default_factory=Counter)
