"""Find columns that predict the target too well."""

import math
from typing import TYPE_CHECKING

from lockstep.core.schema import Dataset
from lockstep.onboarding.plan import Plan
from lockstep.onboarding.row_scan import HANDFUL

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COPY_AUC = 0.995  # of a single column that is as good as the target itself
COPY_CORRELATION = 0.9999
MARGIN = 0.01  # of the leakage limit: the training rows are others than those of the sample
SAMPLE_CELLS = 2_000_000
MIN_SAMPLE_ROWS = 2_000
MAX_LISTED = 5  # columns in a warning


def exclude_leaks(plan: Plan, dataset: Dataset, features: "pd.DataFrame") -> None:
    """Exclude columns that copy the target; raise the leakage limit over a suspect, with a warning.

    Parameters
    ----------
    plan : Plan
        Its features, warnings and leakage limit change.
    dataset : Dataset
        The composed configuration of the plan.
    features : DataFrame, shape (n_rows, n_columns)
        The columns with a role, of a sample of rows.
    """
    from lockstep.training.leakage import univariate_aucs
    from lockstep.training.target import encode

    names = dataset.numeric + dataset.categorical
    max_rows = max(MIN_SAMPLE_ROWS, SAMPLE_CELLS // max(len(names), 1))
    sample = features.iloc[:: max(len(features) // max_rows, 1)].reset_index(drop=True)
    y_true, _ = encode(sample[dataset.target], plan.task, None)
    auc_by_feature = univariate_aucs(sample[names].items(), y_true, plan.task)
    time_features = plan.time_features
    for feature in names:
        reason = leak_reason(sample[feature], y_true, plan.task, auc_by_feature[feature])
        # A leak through one part of a time is a leak through all of them.
        column = time_features[feature].column if feature in time_features else feature
        if reason and column not in plan.excluded:
            exclude_column(plan, column, reason)
    remaining = {*plan.numeric, *plan.categorical}
    raise_leakage_limit(
        plan,
        dataset.leakage_limit,
        {name: auc for name, auc in auc_by_feature.items() if name in remaining},
    )


def leak_reason(feature: "pd.Series", y_true: "np.ndarray", task: str, auc: float) -> str:
    """Return why a feature is a leak; empty where it is none.

    Parameters
    ----------
    feature : Series, shape (n_rows,)
        Numbers or categories, some missing.
    y_true : array, shape (n_rows,)
        Encoded target.
    task : str
        binary, multiclass or regression.
    auc : float
        With which the feature alone ranks the target.
    """
    if is_copy(feature, y_true, task):
        return "a near copy of the target"
    if task == "binary" and auc >= COPY_AUC:
        return f"a leak? alone it tells the target with an AUC of {auc:.3f}"
    return ""


def is_copy(feature: "pd.Series", y_true: "np.ndarray", task: str) -> bool:
    """Return whether a column is the target in other words: a value for each class, or a line through it.

    Parameters
    ----------
    feature : Series, shape (n_rows,)
        Numbers or categories, some missing.
    y_true : array, shape (n_rows,)
        Encoded target.
    task : str
        binary, multiclass or regression.
    """
    import numpy as np
    import pandas as pd

    if task != "regression":
        by_value = pd.Series(y_true, index=feature.index).groupby(feature).agg(["nunique", "size"])
        n_classes = len(np.unique(y_true))
        has_few_values = n_classes <= len(by_value) <= 2 * n_classes
        is_frequent = (by_value["size"] >= 5).all()
        return bool(has_few_values and is_frequent and (by_value["nunique"] == 1).all())
    if not pd.api.types.is_numeric_dtype(feature):
        return False
    values = feature.to_numpy(dtype=float, na_value=np.nan)
    known = ~np.isnan(values)
    if known.sum() < HANDFUL or np.ptp(values[known]) == 0:
        return False
    return bool(abs(np.corrcoef(values[known], y_true[known])[0, 1]) > COPY_CORRELATION)


def exclude_column(plan: Plan, column: str, reason: str) -> None:
    """Take a column and the features made of it out of the plan, with a warning."""
    names = {column, *(n for n, f in plan.time_features.items() if f.column == column)}
    plan.time_parts.pop(column, None)
    plan.excluded[column] = reason
    plan.numeric = [name for name in plan.numeric if name not in names]
    plan.categorical = [name for name in plan.categorical if name not in names]
    plan.slices = [name for name in plan.slices if name not in names]
    plan.warnings.append(
        f"{column}: {reason}; left out. If it is known when you predict, put it back"
    )


def raise_leakage_limit(plan: Plan, limit: float, auc_by_feature: dict[str, float]) -> None:
    """Raise the leakage limit over the strongest features, so that train accepts them."""
    suspects = [name for name, auc in auc_by_feature.items() if auc > limit - MARGIN]
    if not suspects:
        return
    suspects.sort(key=lambda name: -auc_by_feature[name])
    max_auc = auc_by_feature[suspects[0]]
    plan.leakage_limit = min(1.0, math.ceil(max_auc * 100 + 100 * MARGIN) / 100)
    listed = ", ".join(f"{name} {auc_by_feature[name]:.2f}" for name in suspects[:MAX_LISTED])
    plan.warnings.append(
        f"alone these tell the target with a high AUC: {listed}. Known when you predict? If not, "
        f"--drop them; dataset.leakage_limit is set to {plan.leakage_limit:g} so that train goes on"
    )
