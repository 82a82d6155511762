"""A column that alone predicts the target implausibly well is a leak, not a feature."""

from typing import TYPE_CHECKING, Any

from pipeline.metrics import auc
from pipeline.stage.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SMOOTHING = 20.0  # rows of the overall mean that each category starts with


def strength(column: "pd.Series", target: "np.ndarray") -> float:
    """How well one column ranks a 0/1 target: the AUC or one less it, 0.5 to 1.

    A category stands for its smoothed mean target, learned on even rows and judged on odd ones.
    """
    import numpy as np
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(column):
        learn, judge = slice(0, None, 2), slice(1, None, 2)
        overall = float(target[learn].mean())
        groups = pd.Series(target[learn]).groupby(column.to_numpy()[learn])
        means = (groups.sum() + SMOOTHING * overall) / (groups.size() + SMOOTHING)
        column, target = column.iloc[judge].map(means).fillna(overall), target[judge]
    values = column.to_numpy(dtype=float)
    known = np.isfinite(values)
    if known.sum() < 2:
        return 0.5
    area = auc(target[known], values[known])
    return max(area, 1 - area) if area == area else 0.5


def refuse_leaks(
    features: "pd.DataFrame", target: "np.ndarray", task: str, limit: float
) -> dict[str, Any]:
    """The strongest column, its AUC and the limit. Raises DataError that names it if it is above.

    A regression's target is judged as above or below its median, a class as itself or another.
    """
    import numpy as np

    if task == "binary":
        labels = [target]
    elif task == "multiclass":
        labels = [(target == k).astype(int) for k in np.unique(target)]
    else:
        labels = [(target > np.median(target)).astype(int)]
    found = {
        name: max(strength(features[name], label) for label in labels) for name in features.columns
    }
    worst = max(found, key=lambda name: found[name])
    if found[worst] > limit:
        raise DataError(
            f"column {worst} alone predicts the target with an AUC of {found[worst]:.3f}, above "
            f"dataset.leakage_limit {limit}; remove it from the features, or raise the limit"
        )
    return {"column": worst, "auc": found[worst], "limit": limit}
