"""Minutes in the air of flights from New York: the raw tables and features of recipes/flights.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from recipes.flights import clean, featurize, joined, parts

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["clean", "featurize", "load", "part", "parts"]


def part(files: list[Path]) -> "pd.DataFrame":
    """Flights of a month whose time in the air is known."""
    flights = joined(files)
    return flights[flights["air_time"].notna()]


def load(raw: Path) -> Iterator[tuple[str, "pd.DataFrame"]]:
    """Every month, one at a time."""
    for month, files in parts(raw).items():
        yield month, part(files)
