"""Rows that a model is fitted or watched on: features a piece at a time, a few numbers of each row whole."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.config.schema import Dataset

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Piece = tuple[pd.DataFrame, np.ndarray, np.ndarray]  # features, target, weights


SIZE = 2**16  # rows of a piece, where they come as one frame


@dataclass(frozen=True)
class Rows:
    """features gives the frames, in the order of the rows, as often as it is called.

    target, as the model is fitted on it, and weights are of shape (rows,).
    """

    features: Callable[[], Iterator["pd.DataFrame"]]
    target: "np.ndarray"
    weights: "np.ndarray"

    def pieces(self) -> Iterator["Piece"]:
        """Each frame with its rows' targets and weights."""
        at = 0
        for frame in self.features():
            here = slice(at, at + len(frame))
            yield frame, self.target[here], self.weights[here]
            at += len(frame)


def cut(
    frame: "pd.DataFrame", target: "np.ndarray", weights: "np.ndarray", size: int = SIZE
) -> Rows:
    """The rows of one frame, which is in memory, in pieces of so many."""
    starts = range(0, len(frame), size)
    return Rows(lambda: (frame.iloc[at : at + size] for at in starts), target, weights)


class Codes:
    """A text column as numbers of its distinct values, in the order in which they appear."""

    def __init__(self, rows: int) -> None:
        import numpy as np

        self.codes, self.at = np.empty(rows, dtype=np.int32), 0
        self.known: dict[str, int] = {}

    def add(self, values: "pd.Series") -> None:
        """Take the next rows."""
        import numpy as np
        import pandas as pd

        codes, names = pd.factorize(values)
        numbers = [self.known.setdefault(name, len(self.known)) for name in names]
        self.codes[self.at : self.at + len(codes)] = np.array(numbers, dtype=np.int32)[codes]
        self.at += len(codes)

    def values(self) -> "pd.Categorical":
        """The column: a code of one, two or four bytes a row."""
        import pandas as pd

        names = pd.Index(list(self.known), dtype="str")
        return pd.Categorical.from_codes(self.codes, categories=names)


def compact(
    frames: Iterable["pd.DataFrame"],
    rows: int,
    numeric: list[str],
    categorical: list[str],
    dtype: str,
) -> "pd.DataFrame":
    """The frames' features in one, filled piece by piece: numbers of the dtype, categories as codes."""
    import numpy as np
    import pandas as pd

    numbers = {name: np.empty(rows, dtype=dtype) for name in numeric}
    texts = {name: Codes(rows) for name in categorical}
    at = 0
    for frame in frames:
        for name, values in numbers.items():
            values[at : at + len(frame)] = frame[name].to_numpy(dtype=dtype)
        for name, codes in texts.items():
            codes.add(frame[name])
        at += len(frame)
    return pd.DataFrame(
        {**numbers, **{name: codes.values() for name, codes in texts.items()}}, copy=False
    )


def whole(rows: Rows, dataset: Dataset, dtype: str) -> "pd.DataFrame":
    """The features of all rows in one frame, as compact() makes it."""
    count = len(rows.target)
    return compact(rows.features(), count, dataset.numeric, dataset.categorical, dtype)
