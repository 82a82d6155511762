"""Leakage: a column that alone predicts the target implausibly well is a leak, not a feature."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError
from lockstep.training.metrics import auc

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SMOOTHING = 20.0  # rows of the overall mean that each category starts with


def ranking_auc(y_true: "np.ndarray", values: "np.ndarray") -> float:
    """Return the AUC with which values rank a 0/1 target, both of shape (n,), or one minus it: 0.5 to 1.

    It is the largest of three: over the rows that have a value, and over all rows with the missing values
    below or above every other. A column that is missing exactly where the target is 1 leaks it too.
    """
    import numpy as np

    missing = np.isnan(values)
    known = ~missing
    area = auc(y_true[known], values[known]) if known.any() else float("nan")
    area = max(area, 1 - area) if area == area else 0.5
    positive, known_positive = y_true.sum(), y_true[known].sum()
    negative, known_negative = len(y_true) - positive, known.sum() - known_positive
    if not positive or not negative:
        return 0.5
    missing_positive, missing_negative = positive - known_positive, negative - known_negative
    within_groups = area * known_positive * known_negative + missing_positive * missing_negative / 2
    missing_above = within_groups + missing_positive * known_negative
    missing_below = within_groups + known_positive * missing_negative
    n_pairs = positive * negative
    return float(max(area, missing_above / n_pairs, missing_below / n_pairs))


def max_univariate_auc(column: "pd.Series", binary_targets: list["np.ndarray"]) -> float:
    """Return the largest univariate AUC over the binary targets (one per class)."""
    return max(univariate_auc(column, y_true) for y_true in binary_targets)


def univariate_auc(column: "pd.Series", y_true: "np.ndarray") -> float:
    """Return the AUC with which one column alone ranks a 0/1 target, or one minus it: 0.5 to 1.

    A category, a missing one too, is encoded as its smoothed mean target, fitted on even rows and scored
    on odd ones.
    """
    import numpy as np
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return ranking_auc(y_true, column.to_numpy(dtype=float, na_value=np.nan))
    fit_rows, score_rows = slice(0, None, 2), slice(1, None, 2)
    codes, names = pd.factorize(column, use_na_sentinel=False)
    overall = float(y_true[fit_rows].mean())
    sums = np.bincount(codes[fit_rows], weights=y_true[fit_rows], minlength=len(names))
    sizes = np.bincount(codes[fit_rows], minlength=len(names))
    means = (sums + SMOOTHING * overall) / (sizes + SMOOTHING)
    return ranking_auc(y_true[score_rows], means[codes[score_rows]])


def binary_targets(target: "np.ndarray", task: str) -> list["np.ndarray"]:
    """Return 0/1 targets, each of shape (rows,): one per class; a regression's is above its median or not."""
    import numpy as np

    if task == "binary":
        return [target]
    if task == "multiclass":
        return [(target == k).astype(int) for k in np.unique(target)]
    return [(target > np.median(target)).astype(int)]


def univariate_aucs(
    columns: Iterable[tuple[str, "pd.Series"]], target: "np.ndarray", task: str
) -> dict[str, float]:
    """Return the univariate AUC of each column, by name.

    Parameters
    ----------
    columns : iterable of (name, Series)
        The features.
    target : array, shape (rows,)
        The encoded target.
    task : str
        binary, multiclass or regression.
    """
    targets = binary_targets(target, task)
    return {name: max_univariate_auc(column, targets) for name, column in columns}


def check_leakage(auc_by_feature: dict[str, float], limit: float) -> dict[str, Any]:
    """Return the strongest column, its AUC and the limit. Raises DataError if the AUC is above the limit."""
    strongest = max(auc_by_feature, key=lambda name: auc_by_feature[name])
    highest = auc_by_feature[strongest]
    if highest > limit:
        raise DataError(
            f"column {strongest} alone predicts the target with an AUC of {highest:.3f}, above "
            f"dataset.leakage_limit {limit}; remove it from the features, or raise the limit"
        )
    return {"column": strongest, "auc": highest, "limit": limit}
