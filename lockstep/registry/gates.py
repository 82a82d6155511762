"""Quality gates: one record per check, and a verdict over them."""

from typing import Any

from lockstep.core.metric_names import LOWER_IS_BETTER
from lockstep.core.schema import Gate

Record = dict[str, Any]


def record(name: str, value: float | None, threshold: float, lower: bool, what: str) -> Record:
    """A check of a value against a threshold; unknown (passed is null) where there is no value."""
    passed = None if value is None else (value <= threshold if lower else value >= threshold)
    verb = "could not be checked" if passed is None else "holds" if passed else "does not hold"
    shown = "no value" if value is None else f"{value:.4g}"
    sign = "at most" if lower else "at least"
    return {
        "name": name,
        "value": value,
        "threshold": threshold,
        "direction": sign,
        "passed": passed,
        "severity": "fail",
        "reason": f"{what} {verb}: {shown}, {sign} {threshold:.4g} wanted",
    }


def worse_by(
    value: float | None, reference: float | None, unit: float | None, metric: str
) -> float | None:
    """How much worse the value is than the reference, as a share of the unit; None if unknown."""
    if value is None or reference is None or not unit:
        return None
    return (value - reference if metric in LOWER_IS_BETTER else reference - value) / abs(unit)


def against_champion(
    gate: Gate, metric: str, dummy: float, version: str | None, found: Record | None, why: str
) -> Record:
    """Not worse than the champion, by the paired 95 % interval of how much worse the challenger is.

    Non-inferior (it passes) when even the interval's unfavourable end is within the margin; worse (it
    fails) when even the favourable end is beyond; between the two the rows do not tell: unknown. `found`
    is the metric's record of compare.paired, None where the two were not compared, and why.
    """
    what = (
        f"{metric} worse than champion {version}'s" if version else f"{metric} against a champion"
    )
    if found is None or not dummy:
        blank = record("champion", None, gate.champion_margin, True, what)
        return blank | {"reason": f"{what} could not be checked: {why}"}
    sign = 1 if metric in LOWER_IS_BETTER else -1
    value = sign * found["difference"] / abs(dummy)
    low, high = sorted(sign * edge / abs(dummy) for edge in found["interval"])
    passed = True if high <= gate.champion_margin else False if low > gate.champion_margin else None
    verb = {True: "holds", False: "does not hold", None: "cannot be told on these rows"}[passed]
    return record("champion", value, gate.champion_margin, True, what) | {
        "passed": passed,
        "interval": [low, high],
        "reason": f"{what} by at most {gate.champion_margin:.4g} {verb}: {value:.4g}, 95 % interval "
        f"{low:.4g} to {high:.4g}, in units of the dummy's",
    }


def checks(
    gate: Gate, metric: str, data: Record, train: Record, test: Record, drift: Record
) -> list[Record]:
    """Every check of the gate but the champion's, from metrics/data, train, test and drift.json.

    Differences are shares of the dummy's metric: a share of the model's own would be huge for a model
    that is nearly perfect.
    """
    metrics, dummy = test["metrics"], test["baseline"][metric]
    found = [
        record(f"limit {name}", metrics[name], limit, name in LOWER_IS_BETTER, name)
        for name, limit in gate.limits.items()
        if name in metrics
    ]
    better = worse_by(dummy, metrics[metric], dummy, metric)
    found.append(
        record("baseline", better, gate.baseline_margin, False, f"{metric} better than the dummy's")
    )
    if gate.worst_slice_drop is not None:
        drops = [
            worse_by(one["metrics"][metric], metrics[metric], dummy, metric)
            for one in test["slices"]
        ]
        worst = max((drop for drop in drops if drop is not None), default=None)
        what = f"{metric} of the worst slice worse than the whole's"
        found.append(record("worst slice", worst, gate.worst_slice_drop, True, what))
    if gate.max_train_test_gap is not None:
        gap = worse_by(metrics[metric], train["train"][metric], dummy, metric)
        what = f"{metric} worse on test than on train"
        found.append(record("train-test gap", gap, gate.max_train_test_gap, True, what))
    leak = train["leakage"]
    what = f"AUC of the column that alone tells most, {leak['column']},"
    found.append(record("leakage", leak["auc"], leak["limit"], True, what))
    share = data["quarantined"] / max(data["ingested"], 1)
    found.append(
        record("quarantined share", share, gate.max_quarantined_share, True, "rows in quarantine")
    )
    what = "share of columns whose test rows drifted from training"
    drifted = record("drift", drift["share"], gate.drift.max_share, True, what)
    found.append(drifted | {"severity": "warn"})  # the model may be good all the same
    return found


def verdict(found: list[Record], unknown_blocks: bool) -> str:
    """fail if a check failed; unknown if one could not be made and that blocks; else pass.

    A check of severity warn is told and decides nothing.
    """
    decisive = [check["passed"] for check in found if check["severity"] == "fail"]
    if False in decisive:
        return "fail"
    if unknown_blocks and None in decisive:
        return "unknown"
    return "pass"
