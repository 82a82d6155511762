"""The rows of a split for training: partition by partition, or column by column."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.partitions import count_rows, read_partition
from lockstep.core.schema import Dataset
from lockstep.models.rows import compact
from lockstep.training.target import encode, find_classes

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

MAX_BYTES = 2**27  # of the columns that are in memory together


@dataclass(frozen=True)
class Reader:
    """A split's partitions, and the positions of the rows to read of each; None: all."""

    files: list[Path]
    positions: "list[np.ndarray] | None" = None

    def frames(self, columns: list[str]) -> Iterator["pd.DataFrame"]:
        """Yield these columns of each partition's rows."""
        for number, path in enumerate(self.files):
            frame = read_partition(path, columns)
            yield frame if self.positions is None else frame.take(self.positions[number])

    @cached_property
    def rows(self) -> int:
        """The number of rows."""
        if self.positions is not None:
            return sum(map(len, self.positions))
        return sum(map(count_rows, self.files))

    def columns(
        self, numeric: list[str], categorical: list[str]
    ) -> Iterator[tuple[str, "pd.Series"]]:
        """Yield each column whole, float64 or a category, as many at a time as fit in MAX_BYTES."""
        names = numeric + categorical
        n_at_once = max(MAX_BYTES // (8 * max(self.rows, 1)), 1)
        for start in range(0, len(names), n_at_once):
            batch = names[start : start + n_at_once]
            numbers, texts = ([n for n in side if n in batch] for side in (numeric, categorical))
            yield from compact(self.frames(batch), self.rows, numbers, texts, "float64").items()


def encoded_targets(
    reader: Reader, dataset: Dataset, classes: list[str] | None = None
) -> tuple["np.ndarray", list[str]]:
    """Return the encoded target, shape (rows,), and the classes in order.

    Parameters
    ----------
    reader : Reader
        The rows.
    dataset : Dataset
        Its target and task.
    classes : list of str, optional
        The classes of the training; else those of these rows.

    Raises
    ------
    DataError
        As target.encode does.
    """
    import numpy as np

    def target_parts() -> Iterator["pd.Series"]:
        return (frame[dataset.target] for frame in reader.frames([dataset.target]))

    if classes is None:
        classes = find_classes(target_parts(), dataset.task)
    encoded = [encode(target, dataset.task, classes)[0] for target in target_parts()]
    return np.concatenate(encoded), classes
