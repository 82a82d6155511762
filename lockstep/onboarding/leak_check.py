"""Columns that tell the target too well."""

from typing import TYPE_CHECKING

from lockstep.core.schema import Dataset
from lockstep.onboarding.plan import Plan
from lockstep.onboarding.row_pass import HANDFUL

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COPY = 0.995  # AUC of a single column that is as good as the target itself
MARGIN = 0.01  # of the leakage limit: the training rows are others than those looked at
CORRELATED = 0.9999
LOOKED_AT = 2_000_000  # cells of the sample for leaks


def copies(feature: "pd.Series", target: "np.ndarray", task: str) -> bool:
    """Whether a column is the target in other words: one value for each class, or a line through it."""
    import numpy as np
    import pandas as pd

    if task == "regression":
        if not pd.api.types.is_numeric_dtype(feature):
            return False
        values = feature.to_numpy(dtype=float, na_value=np.nan)
        known = ~np.isnan(values)
        if known.sum() < HANDFUL or np.ptp(values[known]) == 0:
            return False
        return bool(abs(np.corrcoef(values[known], target[known])[0, 1]) > CORRELATED)
    each = pd.Series(target, index=feature.index).groupby(feature).agg(["nunique", "size"])
    classes = len(np.unique(target))
    few = len(each) <= 2 * classes and (each["size"] >= 5).all()
    return bool(len(each) >= classes and few and (each["nunique"] == 1).all())


def leaks(plan: Plan, dataset: Dataset, features: "pd.DataFrame") -> None:
    """Leave out columns that copy the target; raise the leakage limit over an honest suspect, and say so."""
    import numpy as np

    from lockstep.training.leakage import strengths
    from lockstep.training.target import encode

    names = dataset.numeric + dataset.categorical
    most = max(2_000, LOOKED_AT // max(len(names), 1))
    few = features.iloc[:: max(len(features) // most, 1)].reset_index(drop=True)
    target, _ = encode(few[dataset.target], plan.task, None)
    found = strengths(few[names].items(), target, plan.task)
    made = plan.made
    suspects: dict[str, str] = {}
    for name in names:
        area = found[name]
        if copies(few[name], target, plan.task):
            suspects[name] = "a near copy of the target"
        elif plan.task == "binary" and area >= COPY:
            suspects[name] = f"a leak? alone it tells the target with an AUC of {area:.3f}"
    for feature, why in suspects.items():
        name = made[feature][0] if feature in made else feature  # of a time, all its parts
        if name in plan.left_out:
            continue
        plan.dates.pop(name, None)
        out = {name, *(one for one, (time, _) in made.items() if time == name)}
        plan.left_out[name] = why
        plan.numeric = [one for one in plan.numeric if one not in out]
        plan.categorical = [one for one in plan.categorical if one not in out]
        plan.slices = [one for one in plan.slices if one not in out]
        plan.warnings.append(
            f"{name}: {why}; left out. If it is known when you predict, put it back"
        )
    rest = {n: area for n, area in found.items() if n in plan.numeric + plan.categorical}
    worst = max(rest.values(), default=0.5)
    if worst > dataset.leakage_limit - MARGIN:
        plan.leakage_limit = min(1.0, np.ceil(worst * 100 + 100 * MARGIN) / 100)
        strong = sorted(
            (n for n in rest if rest[n] > dataset.leakage_limit - MARGIN), key=lambda n: -rest[n]
        )
        said = ", ".join(f"{name} {rest[name]:.2f}" for name in strong[:5])
        plan.warnings.append(
            f"alone these tell the target with a high AUC: {said}. Known when you predict? If not, "
            f"--drop them; dataset.leakage_limit is set to {plan.leakage_limit:g} so that train goes on"
        )
