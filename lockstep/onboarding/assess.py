"""What the typed rows tell beyond the single column: leaks, doubles, rare classes, and the split."""

from typing import TYPE_CHECKING

from lockstep.core.schema import Dataset
from lockstep.onboarding.infer_split import set_split
from lockstep.onboarding.leak_check import leaks
from lockstep.onboarding.plan import Plan, counted
from lockstep.onboarding.row_pass import HANDFUL, Rows

if TYPE_CHECKING:
    import pandas as pd

SKEWED = 3.0  # an exponential distribution has 2
PLACEHOLDERS = (-1, -9, -99, -999, -9999, -99999, 99999, 999999)


def doubles(plan: Plan, frame: "pd.DataFrame") -> None:
    """Warn of rows that are there twice but for their key."""
    names = [name for name in frame if name not in plan.key]
    count = int(frame.duplicated(names).sum())
    if count:
        plan.warnings.append(
            f"{count:,} of {len(frame):,} rows looked at are there twice but for the key "
            "(split=random and stratified keep equal features together)"
        )


def placeholders(plan: Plan, frame: "pd.DataFrame") -> None:
    """Warn of a number far from all others that usually means missing."""
    for name in plan.numeric:
        if name not in frame:
            continue
        column = plan.columns[name]
        for value in {column.low, column.high} & set(PLACEHOLDERS):
            values = frame[name].dropna()
            rest = values[values != value]
            count = len(values) - len(rest)
            far = len(rest) and ((value < 0 <= rest.min()) if value < 0 else rest.max() * 2 < value)
            if far and count > 1:
                plan.warnings.append(f"{name}: {value:g} in about {count / len(frame):.1%} of rows; "
                                     "does it mean missing? then mask it in load()")  # fmt: skip


def classes(plan: Plan) -> None:
    """Warn of classes with a handful of rows."""
    column = plan.columns[plan.target]
    if plan.task == "regression":
        return
    few = {text: count for text, count in counted(column).items() if count < HANDFUL}
    if few:
        said = ", ".join(f"{text!r} in {count}" for text, count in list(few.items())[:5])
        plan.warnings.append(f"classes with a handful of rows: {said}; merge them, or gather more")


def tail(plan: Plan, frame: "pd.DataFrame") -> None:
    """Offer the logarithm of a target whose tail is heavy, by the skewness that it takes away."""
    import numpy as np

    values = frame[plan.target].dropna()
    if plan.task != "regression" or values.min() < 0:
        return
    before, after = values.skew(), np.log1p(values).skew()
    plan.heavy_tail = bool(before > SKEWED and abs(after) < before / 2)
    if plan.heavy_tail:
        plan.unsure.append(
            f"target {plan.target}: its tail is heavy (skewness {before:.1f}, of its logarithm {after:.1f}); "
            f"dataset.target_transform: log1p fits the typical row better, totals worse (docs/quality.md)"
        )


def judge(
    plan: Plan, dataset: Dataset, rows: Rows, features: "pd.DataFrame", grouped: bool
) -> None:
    """Add to the plan what the rows tell; features are those of rows.sample."""
    leaks(plan, dataset, features)
    doubles(plan, rows.sample)
    placeholders(plan, rows.sample)
    classes(plan)
    tail(plan, rows.sample)
    set_split(plan, rows, grouped)
