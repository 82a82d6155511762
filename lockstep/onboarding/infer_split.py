"""Infer the split that the rows allow, and the gate that suits their number."""

from collections import Counter

from lockstep.core.config import MARKER
from lockstep.onboarding.plan import GateLimit, Plan
from lockstep.onboarding.row_scan import RowScan

TRAIN_UNTIL, VALID_UNTIL = 0.65, 0.8  # shares of rows at the end of train and of valid
TEST_SHARE = 0.2
MIN_SPLIT_ROWS, MIN_SPLIT_SHARE = 20, 0.02
MIN_CLASS_ROWS = 50  # for a grouped split
FEW_ROWS = 20_000


def set_split(plan: Plan, scan: RowScan) -> None:
    """Set the plan's split and gate by its roles and the counts over all valid rows."""
    split = temporal_split(plan, scan) if plan.period else None
    if split is None and plan.group:
        split = grouped_split(plan)
    plan.split = split or {"kind": "random" if plan.task == "regression" else "stratified"}
    plan.gate = infer_gate(plan.task, scan)


def temporal_split(plan: Plan, scan: RowScan) -> dict[str, str] | None:
    """Return a temporal split with every class in train; None, with a warning, where there is none."""
    boundaries = choose_boundaries(scan)
    if boundaries is None:
        plan.warnings.append(
            f"{plan.period}: its periods are too few or uneven for a temporal split"
        )
        return None
    train_until, valid_until = boundaries
    if MARKER in train_until + valid_until:
        plan.warnings.append(f"{plan.period}: conf/ cannot hold {MARKER}; no temporal split")
        return None
    if plan.task != "regression" and not has_classes_early(scan, train_until, valid_until):
        plan.warnings.append(
            f"{plan.period}: not every class is there in early periods; no temporal split"
        )
        return None
    return {"kind": "temporal", "train_until": train_until, "valid_until": valid_until}


def choose_boundaries(scan: RowScan) -> tuple[str, str] | None:
    """Return the last periods of train and of valid; None where a split would be too small."""
    counts: Counter[str] = Counter()
    for (period, _), n_rows in scan.period_class_counts.items():
        counts[period] += n_rows
    periods = sorted(counts)
    if len(periods) < 3:
        return None
    share_until, n_rows_until = {}, 0
    for period in periods:
        n_rows_until += counts[period]
        share_until[period] = n_rows_until / scan.n_valid
    train_until = min(periods[:-2], key=lambda period: abs(share_until[period] - TRAIN_UNTIL))
    later = [period for period in periods[:-1] if period > train_until]
    valid_until = min(later, key=lambda period: abs(share_until[period] - VALID_UNTIL))
    smallest = min(
        share_until[train_until],
        share_until[valid_until] - share_until[train_until],
        1 - share_until[valid_until],
    )
    if smallest * scan.n_valid < MIN_SPLIT_ROWS or smallest < MIN_SPLIT_SHARE:
        return None
    return train_until, valid_until


def has_classes_early(scan: RowScan, train_until: str, valid_until: str) -> bool:
    """Return whether each split has two classes, and train every one that a later split has."""
    train: set[str] = set()
    valid: set[str] = set()
    test: set[str] = set()
    for period, class_name in scan.period_class_counts:
        split = train if period <= train_until else valid if period <= valid_until else test
        split.add(class_name)
    return valid <= train and test <= train and min(map(len, (train, valid, test))) >= 2


def grouped_split(plan: Plan) -> dict[str, str] | None:
    """Return a grouped split; None, with a warning, where a class has too few rows for it."""
    class_counts = plan.columns[plan.target].counted_values
    if plan.task != "regression" and min(class_counts.values(), default=99) < MIN_CLASS_ROWS:
        plan.warnings.append(f"{plan.group}: too few rows of a class for a grouped split")
        return None
    return {"kind": "grouped"}


def infer_gate(task: str, scan: RowScan) -> dict[str, GateLimit]:
    """Return the settings of the gate that so many rows can meet, where the default's are too strict."""
    n_test = max(round(TEST_SHARE * scan.n_valid), 1)
    min_slice_rows = max(50, min(200, n_test // 5))
    gate = {"min_slice_rows": GateLimit(min_slice_rows, f"about {n_test:,} rows of test")}
    noise = 0.05 + 0.4 * (20 / n_test) ** 0.5
    if task == "binary" and noise > 0.06:
        limits = {"calibration_error": round(noise, 2)}
        gate["limits"] = GateLimit(limits, "few rows: so much is chance in 20 bins")
    if scan.n_valid < FEW_ROWS:
        reason = "few rows: trees learn them nearly by heart"
        gate["max_train_test_gap"] = GateLimit(0.5, reason)
    share = scan.n_quarantined / max(scan.n_quarantined + scan.n_valid, 1)
    if share > 0.04:
        reason = f"{share:.1%} are there now"
        gate["max_quarantined_share"] = GateLimit(round(share + 0.05, 2), reason)
    return gate
