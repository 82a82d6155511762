"""Rows as XGBoost takes them: piece by piece, categories as codes, into its compact form."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.models.rows import Rows

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import xgboost

    # Features, target, weights: none where all rows weigh the same. Read as often as it is called.
    Piece = tuple[pd.DataFrame, np.ndarray, np.ndarray | None]
    Pieces = Callable[[], Iterator[Piece]]
    Share = tuple[np.ndarray, np.ndarray, np.ndarray | None]  # the same, features encoded
    Coded = Callable[[], Iterator[Share]]

MATRIX = ("max_bin", "nthread")  # parameters that the matrix has too
# Values are float32 inside: what is beyond would become infinite, which XGBoost refuses.
HIGHEST = 3.4028234e38


@dataclass(frozen=True)
class How:
    """All that a training is told but its rows; a process elsewhere can be given it."""

    params: dict[str, Any]  # of the booster
    rounds: int  # at most
    early: int  # rounds without a better loss on valid, after which it stops; 0: never
    columns: list[str]  # the kind of each feature in XGBoost's words, in order


def in_pieces(rows: Rows) -> "Pieces":
    """The rows as their features come. Weights that are all one are none."""
    plain = bool((rows.weights == 1).all())

    def pieces() -> "Iterator[Piece]":
        for features, target, weights in rows.pieces():
            yield features, target, None if plain else weights

    return pieces


def categories(pieces: "Pieces", names: list[str]) -> dict[str, list[str]]:
    """The values of each categorical column that training has, sorted; a value's place is its code."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for features, _, _ in pieces() if names else ():
        for name in names:
            found[name].update(features[name].unique().tolist())
    return {name: sorted(values) for name, values in found.items()}


def encoded(features: "pd.DataFrame", known: dict[str, list[str]]) -> "np.ndarray":
    """What XGBoost takes, float32, shape (rows, columns): numbers, and the codes of categories.

    A category that training did not see is missing, as a missing number is: not-a-number.
    """
    import numpy as np
    import pandas as pd

    found = np.empty(features.shape, dtype="float32")
    for place, name in enumerate(features.columns):
        if name in known:
            number, values = pd.factorize(features[name])  # few values are looked up, not all rows
            codes = pd.Index(known[name], dtype="str").get_indexer(values)
            found[:, place] = np.append(np.where(codes < 0, np.nan, codes), np.nan)[number]
        else:
            found[:, place] = features[name].to_numpy(dtype=float).clip(-HIGHEST, HIGHEST)
    return found


def coded(pieces: "Pieces", known: dict[str, list[str]]) -> "Coded":
    """The pieces as XGBoost takes them, encoded when they are asked for."""

    def found() -> "Iterator[Share]":
        for features, target, weights in pieces():
            yield encoded(features, known), target, weights

    return found


def compact(
    how: How, rows: "Coded", ref: "xgboost.QuantileDMatrix | None" = None
) -> "xgboost.QuantileDMatrix":
    """XGBoost's compact form of the rows, a byte or two a value, filled a piece at a time.

    The form of valid takes the bins of that of train, `ref`.
    """
    import xgboost

    lost: list[BaseException] = []

    class Feed(xgboost.DataIter):
        """The pieces, as often as XGBoost asks for them: four times."""

        def reset(self) -> None:
            self.rest = rows()

        def next(self, input_data: Callable[..., None]) -> bool:
            try:
                piece = next(self.rest, None)
            except BaseException as error:  # Ctrl-C too: what is raised to XGBoost may be lost
                lost.append(error)
                return False
            if piece is None:
                return False
            values, target, weights = piece
            weight = {} if weights is None else {"weight": weights}
            input_data(data=values, label=target, feature_types=how.columns, **weight)
            return True

    few = {name: how.params[name] for name in MATRIX if name in how.params}
    try:
        found = xgboost.QuantileDMatrix(Feed(), enable_categorical=True, ref=ref, **few)
    except xgboost.core.XGBoostError:
        if not lost:
            raise
    if lost:
        raise lost[0]
    return found
