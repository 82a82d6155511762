"""Rows that a model is fitted or watched on: features a piece at a time, a few numbers of each row whole."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lockstep.core.schema import Dataset

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
        start = 0
        for frame in self.features():
            rows = slice(start, start + len(frame))
            yield frame, self.target[rows], self.weights[rows]
            start += len(frame)


def cut(
    frame: "pd.DataFrame", target: "np.ndarray", weights: "np.ndarray", size: int = SIZE
) -> Rows:
    """The rows of one frame, which is in memory, in pieces of so many."""
    starts = range(0, len(frame), size)
    return Rows(lambda: (frame.iloc[start : start + size] for start in starts), target, weights)


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
    start = 0
    for frame in frames:
        for name, values in numbers.items():
            values[start : start + len(frame)] = frame[name].to_numpy(dtype=dtype)
        for name, codes in texts.items():
            codes.add(frame[name])
        start += len(frame)
    return pd.DataFrame(
        {**numbers, **{name: codes.values() for name, codes in texts.items()}}, copy=False
    )


def in_one_frame(rows: Rows, dataset: Dataset, dtype: str) -> "pd.DataFrame":
    """The features of all rows in one frame, as compact() makes it."""
    count = len(rows.target)
    return compact(rows.features(), count, dataset.numeric, dataset.categorical, dtype)


def category_values(frames: Iterable["pd.DataFrame"], names: list[str]) -> dict[str, list[str]]:
    """Return the distinct values of each categorical column, sorted; a value's place is its code."""
    values: dict[str, set[str]] = {name: set() for name in names}
    for frame in frames if names else ():
        for name in names:
            values[name].update(frame[name].unique().tolist())
    return {name: sorted(texts) for name, texts in values.items()}


def as_numbers(
    features: "pd.DataFrame", known: dict[str, list[str]], dtype: str, highest: float | None = None
) -> "np.ndarray":
    """Return features as numbers, shape (rows, columns): numeric ones, and the codes of categories.

    Parameters
    ----------
    known : dict
        By categorical column, its values as `category_values` gives them. A value that is not among them
        becomes missing: not-a-number.
    highest : float, optional
        Numbers beyond plus or minus this are cut to it.
    """
    import numpy as np
    import pandas as pd

    numbers = np.empty(features.shape, dtype=dtype)
    for place, name in enumerate(features.columns):
        if name in known:
            number, values = pd.factorize(features[name])  # a look-up a value, not a row
            codes = pd.Index(known[name], dtype="str").get_indexer(values)
            numbers[:, place] = np.append(np.where(codes < 0, np.nan, codes), np.nan)[number]
        else:
            column = features[name].to_numpy(dtype=float)
            numbers[:, place] = column if highest is None else column.clip(-highest, highest)
    return numbers
