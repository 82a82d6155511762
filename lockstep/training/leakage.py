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
    positive, there = target.sum(), target[known].sum()
    negative, others = len(target) - positive, known.sum() - there
    if not positive or not negative:
        return 0.5
    gone, away = positive - there, negative - others  # positives and negatives without a value
    same = area * there * others + gone * away / 2
    sides = (same + gone * others, same + there * away)  # missing above, below
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
    learn, judge = slice(0, None, 2), slice(1, None, 2)
    codes, names = pd.factorize(column, use_na_sentinel=False)
    overall = float(target[learn].mean())
    sums = np.bincount(codes[learn], weights=target[learn], minlength=len(names))
    sizes = np.bincount(codes[learn], minlength=len(names))
    means = (sums + SMOOTHING * overall) / (sizes + SMOOTHING)
    return ranked(target[judge], means[codes[judge]])


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


def refuse_leaks(found: dict[str, float], limit: float) -> dict[str, Any]:
    """The strongest column, its AUC and the limit. Raises DataError that names it if it is above."""
    worst = max(found, key=lambda name: found[name])
    if found[worst] > limit:
        raise DataError(
            f"column {worst} alone predicts the target with an AUC of {found[worst]:.3f}, above "
            f"dataset.leakage_limit {limit}; remove it from the features, or raise the limit"
        )
    return {"column": worst, "auc": found[worst], "limit": limit}
