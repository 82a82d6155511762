"""Assess the typed rows beyond the single column: leaks, duplicates, rare classes, and the split."""

from typing import TYPE_CHECKING

from lockstep.core.schema import Dataset
from lockstep.onboarding.infer_split import set_split
from lockstep.onboarding.leak_check import exclude_leaks
from lockstep.onboarding.plan import Plan
from lockstep.onboarding.row_scan import HANDFUL, RowScan

if TYPE_CHECKING:
    import pandas as pd

MIN_SKEWNESS = 3.0  # of a heavy tail; an exponential distribution has 2
PLACEHOLDERS = (-1, -9, -99, -999, -9999, -99999, 99999, 999999)
MAX_LISTED = 5  # classes in a warning


def assess_rows(plan: Plan, dataset: Dataset, scan: RowScan, features: "pd.DataFrame") -> None:
    """Add to the plan what its rows show.

    Parameters
    ----------
    plan : Plan
        Its features, split, gate, assumptions and warnings change.
    dataset : Dataset
        The composed configuration of the plan.
    scan : RowScan
        Counts over all valid rows, and a sample of them.
    features : DataFrame, shape (n_sample_rows, n_columns)
        The columns with a role, of the rows of scan.sample.
    """
    exclude_leaks(plan, dataset, features)
    warn_of_duplicates(plan, scan.sample)
    warn_of_placeholders(plan, scan.sample)
    warn_of_rare_classes(plan)
    offer_logarithm(plan, scan.sample)
    set_split(plan, scan)


def warn_of_duplicates(plan: Plan, sample: "pd.DataFrame") -> None:
    """Warn of rows that differ in their key only."""
    columns = [name for name in sample if name not in plan.key]
    n_duplicates = int(sample.duplicated(columns).sum())
    if n_duplicates:
        plan.warnings.append(
            f"{n_duplicates:,} of {len(sample):,} rows looked at are there twice but for the key "
            "(split=random and stratified keep equal features together)"
        )


def warn_of_placeholders(plan: Plan, sample: "pd.DataFrame") -> None:
    """Warn of a number far from all others that usually means missing."""
    for name in plan.numeric:
        if name not in sample:
            continue
        column = plan.columns[name]
        for value in {column.low, column.high} & set(PLACEHOLDERS):
            n_rows = count_placeholder(sample[name].dropna(), value)
            if n_rows > 1:
                plan.warnings.append(
                    f"{name}: {value:g} in about {n_rows / len(sample):.1%} of rows; "
                    "does it mean missing? then mask it in load()"
                )


def count_placeholder(values: "pd.Series", placeholder: float) -> int:
    """Count the rows with a placeholder; 0 where it is not far from all other values."""
    others = values[values != placeholder]
    if not len(others):
        return 0
    is_below = placeholder < 0 <= others.min()
    is_above = placeholder > 0 and others.max() * 2 < placeholder
    return len(values) - len(others) if is_below or is_above else 0


def warn_of_rare_classes(plan: Plan) -> None:
    """Warn of classes with a handful of rows."""
    if plan.task == "regression":
        return
    class_counts = plan.columns[plan.target].counted_values
    rare = {text: n_rows for text, n_rows in class_counts.items() if n_rows < HANDFUL}
    if rare:
        listed = ", ".join(f"{text!r} in {n}" for text, n in list(rare.items())[:MAX_LISTED])
        plan.warnings.append(
            f"classes with a handful of rows: {listed}; merge them, or gather more"
        )


def offer_logarithm(plan: Plan, sample: "pd.DataFrame") -> None:
    """Offer the logarithm of a target with a heavy tail, if it halves the skewness."""
    import numpy as np

    if plan.task != "regression":
        return
    values = sample[plan.target].dropna()
    if values.min() < 0:
        return
    skewness, log_skewness = values.skew(), np.log1p(values).skew()
    plan.has_heavy_tail = bool(skewness > MIN_SKEWNESS and abs(log_skewness) < skewness / 2)
    if plan.has_heavy_tail:
        plan.assumptions.append(
            f"target {plan.target}: its tail is heavy (skewness {skewness:.1f}, of its logarithm "
            f"{log_skewness:.1f}); dataset.target_transform: log1p fits the typical row better, totals worse"
        )
