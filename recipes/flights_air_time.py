"""Minutes in the air of flights from New York: the raw tables and features of recipes/flights.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from recipes.flights import clean, featurize, joined

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["clean", "featurize", "load"]


def load(raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """Flights whose time in the air is known, by month."""
    for month, flights in joined(raw):
        yield month, flights[flights["air_time"].notna()]
