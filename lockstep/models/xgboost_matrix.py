"""Rows as XGBoost takes them: piece by piece, categories as codes, into its compact form."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lockstep.models.rows import Rows, as_numbers, category_values

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
class TrainingSettings:
    """What a training needs besides its rows; it can be sent to another process."""

    params: dict[str, Any]  # of the booster
    rounds: int  # at most
    early_stopping_rounds: int  # without a better loss on valid; 0: never
    columns: list[str]  # the kind of each feature in XGBoost's words, in order


def in_pieces(rows: Rows) -> "Pieces":
    """The rows as their features come. Weights that are all one are none."""
    plain = bool((rows.weights == 1).all())

    def pieces() -> "Iterator[Piece]":
        for features, target, weights in rows.pieces():
            yield features, target, None if plain else weights

    return pieces


def categories(pieces: "Pieces", names: list[str]) -> dict[str, list[str]]:
    """Return the values of each categorical column of training, sorted; a value's place is its code."""
    return category_values((features for features, _, _ in pieces()), names)


def encoded(features: "pd.DataFrame", known: dict[str, list[str]]) -> "np.ndarray":
    """Return the features as XGBoost takes them: float32, finite or missing."""
    return as_numbers(features, known, "float32", HIGHEST)


def coded(pieces: "Pieces", known: dict[str, list[str]]) -> "Coded":
    """The pieces as XGBoost takes them, encoded when they are asked for."""

    def encoded_pieces() -> "Iterator[Share]":
        for features, target, weights in pieces():
            yield encoded(features, known), target, weights

    return encoded_pieces


def compact(
    settings: TrainingSettings, rows: "Coded", ref: "xgboost.QuantileDMatrix | None" = None
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
            input_data(data=values, label=target, feature_types=settings.columns, **weight)
            return True

    params = {name: settings.params[name] for name in MATRIX if name in settings.params}
    try:
        result = xgboost.QuantileDMatrix(Feed(), enable_categorical=True, ref=ref, **params)
    except xgboost.core.XGBoostError:
        if not lost:
            raise
    if lost:
        raise lost[0]
    return result
