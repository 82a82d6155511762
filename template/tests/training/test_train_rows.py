"""A model learns from all of train, or from a sample that the seed and the keys decide."""

from pathlib import Path

import pandas as pd
import pytest

from lockstep.core.partitions import write_partition
from lockstep.core.schema import Config, Dataset, Model
from lockstep.training.train_rows import open_train


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two partitions of 60 and 40 rows."""
    for name, numbers in (("a", range(60)), ("b", range(60, 100))):
        write_partition(pd.DataFrame({"id": numbers}), tmp_path / f"{name}.parquet")
    return tmp_path


def ids(folder: Path, train_rows: int | None, seed: int = 0) -> list[int]:
    """Keys of the rows that are read."""
    config = Config(dataset=Dataset(key=["id"]), model=Model(train_rows=train_rows), seed=seed)
    reader = open_train(folder, config)
    keys = [key for frame in reader.frames(["id"]) for key in frame["id"].tolist()]
    assert reader.rows == len(keys)
    return keys


def test_without_a_limit_all_rows_are_read(folder: Path) -> None:
    assert ids(folder, None) == ids(folder, 1000) == list(range(100))


def test_a_sample_is_of_its_size_and_of_its_seed(folder: Path) -> None:
    sample = ids(folder, 30)
    assert len(sample) == 30 and sample == sorted(set(sample)) and sample == ids(folder, 30)
    assert sample != ids(folder, 30, seed=1)
    assert set(ids(folder, 10)) < set(sample), "a smaller sample is part of a larger one"
