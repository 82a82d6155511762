"""What the typed rows tell beyond the single column: leaks, doubles, rare classes, and the split."""

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.config.schema import Dataset
from pipeline.dataset.plan import Plan, counted

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

COPY = 0.995  # AUC of a single column that is as good as the target itself
MARGIN = 0.01  # of the leakage limit: the training rows are others than those looked at
CORRELATED = 0.9999
HANDFUL = 10  # rows of a class
SHARES = (0.65, 0.8)  # of rows until the end of train and of valid
LEAST = 20  # rows of a split
LOOKED_AT = 2_000_000  # cells of the sample for leaks
PLACEHOLDERS = (-1, -9, -99, -999, -9999, -99999, 99999, 999999)


@dataclass
class Rows:
    """What one pass over the typed, valid rows gave."""

    sample: "pd.DataFrame"
    step: int  # every step-th row is in the sample
    total: int = 0
    quarantined: int = 0
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)  # rows by period and class


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

    from pipeline.leakage import strength
    from pipeline.target import encode

    names = dataset.numeric + dataset.categorical
    most = max(2_000, LOOKED_AT // max(len(names), 1))
    few = features.iloc[:: max(len(features) // most, 1)].reset_index(drop=True)
    target, _ = encode(few[dataset.target], plan.task, None)
    if plan.task == "binary":
        labels = [target]
    elif plan.task == "multiclass":
        labels = [(target == k).astype(int) for k in np.unique(target)]
    else:
        labels = [(target > np.median(target)).astype(int)]
    found = {name: max(strength(few[name], label) for label in labels) for name in names}
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


def boundaries(rows: Rows) -> tuple[str, str] | None:
    """Last periods of train and of valid, near the usual shares; None where a split would be too small."""
    counts: Counter[str] = Counter()
    for (period, _), count in rows.cells.items():
        counts[period] += count
    ordered = sorted(counts)
    if len(ordered) < 3:
        return None
    shares, at = {}, 0
    for period in ordered:
        at += counts[period]
        shares[period] = at / rows.total
    train = min(ordered[:-2], key=lambda one: abs(shares[one] - SHARES[0]))
    later = [one for one in ordered[:-1] if one > train]
    valid = min(later, key=lambda one: abs(shares[one] - SHARES[1]))
    sizes = [shares[train], shares[valid] - shares[train], 1 - shares[valid]]
    if min(sizes) * rows.total < LEAST or min(sizes) < 0.02:
        return None
    return train, valid


def temporal(plan: Plan, rows: Rows) -> dict[str, str] | None:
    """A temporal split whose three parts the task can bear; None, with a warning, where there is none."""
    edges = boundaries(rows)
    if edges is None:
        plan.warnings.append(
            f"{plan.period}: its periods are too few or uneven for a temporal split"
        )
        return None
    train, valid = edges
    if plan.task != "regression":
        parts: list[set[str]] = [set(), set(), set()]
        for period, value in rows.cells:
            parts[0 if period <= train else 1 if period <= valid else 2].add(value)
        if any(part - parts[0] for part in parts[1:]) or min(map(len, parts)) < 2:
            plan.warnings.append(
                f"{plan.period}: not every class is there in early periods; no temporal split"
            )
            return None
    return {"kind": "temporal", "train_until": train, "valid_until": valid}


def set_split(plan: Plan, rows: Rows, grouped: bool) -> None:
    """The split and the gate that the preset sets; grouped: the group was given, or told strongly."""
    found = temporal(plan, rows) if plan.period else None
    small = (
        plan.task != "regression"
        and min(counted(plan.columns[plan.target]).values(), default=99) < 50
    )
    if found is None and plan.group and grouped:
        if small:
            plan.warnings.append(f"{plan.group}: too few rows of a class for a grouped split")
        else:
            found = {"kind": "grouped"}
    plan.split = found or {"kind": "random" if plan.task == "regression" else "stratified"}
    tested = max(round(0.2 * rows.total), 1)
    least = max(50, min(200, tested // 5))
    plan.gate = {"min_slice_rows": (least, f"about {tested:,} rows of test")}
    if plan.task == "binary":
        noise = 0.05 + 0.4 * (20 / tested) ** 0.5
        if noise > 0.06:
            limit = {"calibration_error": round(noise, 2)}
            plan.gate["limits"] = (limit, "few rows: so much is chance in 20 bins")
    if rows.total < 20_000:
        plan.gate["max_train_test_gap"] = (0.5, "few rows: trees learn them nearly by heart")
    share = rows.quarantined / max(rows.quarantined + rows.total, 1)
    if share > 0.04:
        plan.gate["max_quarantined_share"] = (round(share + 0.05, 2), f"{share:.1%} are there now")


def judge(
    plan: Plan, dataset: Dataset, rows: Rows, features: "pd.DataFrame", grouped: bool
) -> None:
    """Add to the plan what the rows tell; features are those of rows.sample."""
    leaks(plan, dataset, features)
    doubles(plan, rows.sample)
    placeholders(plan, rows.sample)
    classes(plan)
    set_split(plan, rows, grouped)
