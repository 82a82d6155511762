"""A few rows of each data set, typed as ingest types them, for the tests of recipes and of one run."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lockstep.core.schema import Dataset
from lockstep.data import recipe
from lockstep.data.column_types import convert_columns
from lockstep.onboarding.proof import parse_dataset

N_ROWS = 500
MAX_ROWS = 1_000_000  # beyond it a table is not read on
DATASETS = sorted(path.stem for path in Path("conf/dataset").glob("*.yaml"))


@cache
def load_dataset(name: str) -> Dataset:
    """Return conf/dataset/NAME.yaml, typed."""
    return parse_dataset(Path(f"conf/dataset/{name}.yaml").read_text(encoding="utf-8"))


def spread(frame: pd.DataFrame, n_rows: int) -> pd.DataFrame:
    """Return at most n_rows rows, evenly spread over the frame."""
    positions = np.linspace(0, len(frame) - 1, min(n_rows, len(frame))).astype(int)
    return frame.iloc[positions]


def partitions(dataset: Dataset) -> Iterator[pd.DataFrame]:
    """Yield some rows of each partition that the recipe's load() makes of the raw files."""
    n_read = 0
    for _, frame in recipe.load(dataset.recipe, Path(dataset.raw)):
        yield spread(frame, N_ROWS)
        n_read += len(frame)
        if n_read > MAX_ROWS:
            return


@cache
def sample(name: str) -> pd.DataFrame:
    """Return at most 500 rows of a data set; skip the test where its raw files are not here."""
    dataset = load_dataset(name)
    if not Path(dataset.raw).is_dir():
        pytest.skip(f"{dataset.raw} is not here; `dvc pull {dataset.raw}` brings it")
    rows = pd.concat(list(partitions(dataset)), ignore_index=True)
    rows = spread(rows, N_ROWS).reset_index(drop=True)
    return convert_columns(rows, dataset.checks.columns, dataset.raw)
