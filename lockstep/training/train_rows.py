"""The rows that a model learns from: all of train, or a sample of them."""

from pathlib import Path

from lockstep.core.partitions import partition_paths
from lockstep.core.schema import Config
from lockstep.data.sample import sample_rows
from lockstep.training.reader import Reader


def open_train(folder: Path, config: Config) -> Reader:
    """Return the rows that a model learns from: all of train, or a sample of model.train_rows."""
    files, rows = partition_paths(folder), config.model.train_rows
    if rows is None:
        return Reader(files)
    return Reader(files, sample_rows(files, config.dataset.key, rows, config.seed))
