"""A column that alone predicts the target implausibly well is a leak, not a feature."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError
from lockstep.training.metrics import auc

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SMOOTHING = 20.0  # rows of the overall mean that each category starts with


def ranked(target: "np.ndarray", values: "np.ndarray") -> float:
    """The AUC, or one less it, of values, shape (n,), against 0/1 labels; 0.5 to 1.

    Of the rows that have a value, or of all with the missing ones below or above every value: what is
    missing exactly where the target is true tells as much as a value does.
    """
    import numpy as np

    missing = np.isnan(values)
    known = ~missing
    area = auc(target[known], values[known]) if known.any() else float("nan")
    area = max(area, 1 - area) if area == area else 0.5
    positive, known_positive = target.sum(), target[known].sum()
    negative, known_negative = len(target) - positive, known.sum() - known_positive
    if not positive or not negative:
        return 0.5
    missing_positive, missing_negative = (
        positive - known_positive,
        negative - known_negative,
    )  # positives and negatives without a value
    same = area * known_positive * known_negative + missing_positive * missing_negative / 2
    sides = (
        same + missing_positive * known_negative,
        same + known_positive * missing_negative,
    )  # missing above, below
    return float(max(area, *(side / (positive * negative) for side in sides)))


def strongest(column: "pd.Series", sides: list["np.ndarray"]) -> float:
    """How well one column ranks the labels that it ranks best."""
    return max(strength(column, side) for side in sides)


def strength(column: "pd.Series", target: "np.ndarray") -> float:
    """How well one column ranks a 0/1 target: the AUC or one less it, 0.5 to 1.

    A category, a missing one too, stands for its smoothed mean target, learned on even rows and judged
    on odd ones.
    """
    import numpy as np
    import pandas as pd

    if pd.api.types.is_numeric_dtype(column):
        return ranked(target, column.to_numpy(dtype=float, na_value=np.nan))
    fit_rows, score_rows = slice(0, None, 2), slice(1, None, 2)
    codes, names = pd.factorize(column, use_na_sentinel=False)
    overall = float(target[fit_rows].mean())
    sums = np.bincount(codes[fit_rows], weights=target[fit_rows], minlength=len(names))
    sizes = np.bincount(codes[fit_rows], minlength=len(names))
    means = (sums + SMOOTHING * overall) / (sizes + SMOOTHING)
    return ranked(target[score_rows], means[codes[score_rows]])


def labels(target: "np.ndarray", task: str) -> list["np.ndarray"]:
    """0/1 labels, each of shape (rows,), that a column is judged against.

    A regression's target is judged as above or below its median, a class as itself or another.
    """
    import numpy as np

    if task == "binary":
        return [target]
    if task == "multiclass":
        return [(target == k).astype(int) for k in np.unique(target)]
    return [(target > np.median(target)).astype(int)]


def strengths(
    columns: Iterable[tuple[str, "pd.Series"]], target: "np.ndarray", task: str
) -> dict[str, float]:
    """How well each column alone ranks the target, by name."""
    sides = labels(target, task)
    return {name: strongest(column, sides) for name, column in columns}


def refuse_leaks(auc_by_feature: dict[str, float], limit: float) -> dict[str, Any]:
    """The strongest column, its AUC and the limit. Raises DataError that names it if it is above."""
    worst = max(auc_by_feature, key=lambda name: auc_by_feature[name])
    if auc_by_feature[worst] > limit:
        raise DataError(
            f"column {worst} alone predicts the target with an AUC of {auc_by_feature[worst]:.3f}, above "
            f"dataset.leakage_limit {limit}; remove it from the features, or raise the limit"
        )
    return {"column": worst, "auc": auc_by_feature[worst], "limit": limit}
