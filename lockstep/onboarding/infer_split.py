"""The split that the rows can bear, and the gate that suits their number."""

from collections import Counter

from lockstep.onboarding.plan import Plan, counted
from lockstep.onboarding.row_pass import Rows

SHARES = (0.65, 0.8)  # of rows until the end of train and of valid
LEAST = 20  # rows of a split


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
