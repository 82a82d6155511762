"""The rows of a split for training: partition by partition, or column by column."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.partitions import count, read
from lockstep.core.schema import Dataset
from lockstep.models.rows import compact
from lockstep.training.target import encode, known_classes

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

BYTES = 2**27  # of the columns that are held together


@dataclass(frozen=True)
class Reader:
    """A split's partitions, and of each the positions of the rows that are read; None: all."""

    files: list[Path]
    kept: "list[np.ndarray] | None" = None

    def frames(self, columns: list[str]) -> Iterator["pd.DataFrame"]:
        """These columns of each partition's rows."""
        for number, path in enumerate(self.files):
            frame = read(path, columns)
            yield frame if self.kept is None else frame.take(self.kept[number])

    @cached_property
    def rows(self) -> int:
        """How many there are."""
        if self.kept is not None:
            return sum(map(len, self.kept))
        return sum(map(count, self.files))

    def columns(
        self, numeric: list[str], categorical: list[str]
    ) -> Iterator[tuple[str, "pd.Series"]]:
        """Each column whole, float64 or a category, as many at a time as BYTES hold."""
        names = numeric + categorical
        n_at_once = max(BYTES // (8 * max(self.rows, 1)), 1)
        for start in range(0, len(names), n_at_once):
            batch = names[start : start + n_at_once]
            numbers, texts = ([n for n in side if n in batch] for side in (numeric, categorical))
            yield from compact(self.frames(batch), self.rows, numbers, texts, "float64").items()


def targets(
    reader: Reader, dataset: Dataset, classes: list[str] | None = None
) -> tuple["np.ndarray", list[str]]:
    """Encoded target, shape (rows,), and the classes in order. Raises DataError as target.encode does."""
    import numpy as np

    def each() -> Iterator["pd.Series"]:
        return (frame[dataset.target] for frame in reader.frames([dataset.target]))

    if classes is None:
        classes = known_classes(each(), dataset.task)
    return np.concatenate([encode(target, dataset.task, classes)[0] for target in each()]), classes
