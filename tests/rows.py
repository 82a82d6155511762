"""Rows for a model, in pieces as partitions give them."""

import numpy as np
import pandas as pd

from pipeline.models.rows import Rows


def rows(
    frame: pd.DataFrame, target: np.ndarray, weights: np.ndarray | None = None, size: int = 100
) -> Rows:
    """The frame in pieces of so many rows."""
    starts = range(0, len(frame), size)
    ones = np.ones(len(frame)) if weights is None else weights
    return Rows(lambda: (frame.iloc[at : at + size] for at in starts), target, ones)
