"""Quality gates: one check per limit of the configuration, and a verdict over them.

Differences between metrics are shares of the dummy's metric: a share of the model's own would be huge for a
model that is nearly perfect.
"""

from dataclasses import dataclass
from typing import Any, Literal

from lockstep.core.own_metrics import is_lower_better
from lockstep.core.schema import Gate

Record = dict[str, Any]  # a file of metrics/, or a part of one
OUTCOMES = {True: "pass", False: "fail", None: "unknown"}


@dataclass(frozen=True)
class GateCheck:
    """One check of the gate; passed is None where it could not be made."""

    name: str
    value: float | None
    limit: float
    direction: Literal["at most", "at least"]
    passed: bool | None
    reason: str
    severity: Literal["fail", "warn"] = "fail"  # a warning is shown and decides nothing
    interval: list[float] | None = None

    def record(self) -> Record:
        """Return the check as metrics/gate.json holds it."""
        record = {
            "name": self.name,
            "value": self.value,
            "threshold": self.limit,
            "direction": self.direction,
            "passed": self.passed,
            "severity": self.severity,
            "reason": self.reason,
        }
        return record if self.interval is None else {**record, "interval": self.interval}


def percent(share: float) -> str:
    """Return a share as a percentage with one decimal, or two below one percent."""
    value = 100 * share
    text = f"{value:.1f}" if abs(value) >= 1 else f"{value:.2f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def check_limit(
    name: str,
    value: float | None,
    limit: float,
    direction: Literal["at most", "at least"],
    sentence: str,
    severity: Literal["fail", "warn"] = "fail",
) -> GateCheck:
    """Check a value against a limit.

    Parameters
    ----------
    sentence : str
        What is checked, with its value and its limit; the outcome is added to it.
    """
    if value is None:
        passed = None
        reason = f"{name}: unknown, there is no value"
    else:
        passed = value <= limit if direction == "at most" else value >= limit
        outcome = "warning" if severity == "warn" and not passed else OUTCOMES[passed]
        reason = f"{sentence}: {outcome}"
    return GateCheck(name, value, limit, direction, passed, reason, severity)


def worse_by(
    value: float | None, reference: float | None, unit: float | None, metric: str
) -> float | None:
    """Return how much worse the value is than the reference, as a share of the unit; None if unknown.

    Parameters
    ----------
    value, reference : float or None
        The metric, and what it is compared with.
    unit : float or None
        The dummy's metric.
    metric : str
        Its name, which decides the direction.
    """
    if value is None or reference is None or not unit:
        return None
    difference = value - reference if is_lower_better(metric) else reference - value
    return difference / abs(unit)


def metric_limits(gate: Gate, metrics: dict[str, float | None]) -> list[GateCheck]:
    """Check each metric that has a limit."""
    gate_checks = []
    for name, limit in gate.limits.items():
        if name not in metrics:
            continue
        value = metrics[name]
        is_lower = is_lower_better(name)
        sign = "<=" if is_lower else ">="
        sentence = "" if value is None else f"{name} {value:.4g} {sign} {limit:.4g}"
        if value is not None and not (value <= limit if is_lower else value >= limit):
            sentence = f"{name} {value:.4g}, not {sign} {limit:.4g}"
        direction: Literal["at most", "at least"] = "at most" if is_lower else "at least"
        gate_checks.append(check_limit(f"limit {name}", value, limit, direction, sentence))
    return gate_checks


def baseline_check(gate: Gate, metric: str, test: Record) -> GateCheck:
    """Check that the model is better than the dummy by a margin.

    Parameters
    ----------
    gate : Gate
        Its margin.
    metric : str
        The metric to compare.
    test : dict
        metrics/test.json.
    """
    dummy = test["baseline"][metric]
    value = worse_by(dummy, test["metrics"][metric], dummy, metric)
    margin = f"at least {percent(gate.baseline_margin)}"
    sentence = (
        "" if value is None else f"{metric} {better(value)} than the dummy baseline ({margin})"
    )
    return check_limit("baseline", value, gate.baseline_margin, "at least", sentence)


def better(share: float) -> str:
    """Return `12.8 % better`, or `worse` for a negative share."""
    return f"{percent(abs(share))} {'better' if share >= 0 else 'worse'}"


def slice_check(gate: Gate, metric: str, test: Record, limit: float) -> GateCheck:
    """Check that the worst slice is not much worse than all rows.

    Parameters
    ----------
    gate : Gate
        The gate's configuration.
    metric : str
        The metric to compare.
    test : dict
        metrics/test.json.
    limit : float
        Largest drop, as a share of the dummy's metric.
    """
    dummy, whole = test["baseline"][metric], test["metrics"][metric]
    drops = [
        (drop, f"{record.get('column')} {record.get('value')}")
        for record in test["slices"]
        if (drop := worse_by(record["metrics"][metric], whole, dummy, metric)) is not None
    ]
    value, name = max(drops, key=lambda drop: drop[0], default=(None, ""))
    sentence = (
        ""
        if value is None
        else f"{metric} of the worst slice, {name}, worse than of all rows by {percent(value)} of the "
        f"dummy's (limit {percent(limit)})"
    )
    return check_limit("worst slice", value, limit, "at most", sentence)


def gap_check(metric: str, train: Record, test: Record, limit: float) -> GateCheck:
    """Check that the model is not much worse on test than on train.

    Parameters
    ----------
    metric : str
        The metric to compare.
    train, test : dict
        metrics/train.json and test.json.
    limit : float
        Largest gap, as a share of the dummy's metric.
    """
    dummy = test["baseline"][metric]
    value = worse_by(test["metrics"][metric], train["train"][metric], dummy, metric)
    sentence = (
        ""
        if value is None
        else f"{metric} worse on test than on train by {percent(value)} of the dummy's "
        f"(limit {percent(limit)})"
    )
    return check_limit("train-test gap", value, limit, "at most", sentence)


def leakage_check(train: Record) -> GateCheck:
    """Check that no feature alone predicts the target implausibly well."""
    leakage = train["leakage"]
    auc, limit = leakage["auc"], leakage["limit"]
    sentence = f"strongest single feature: {leakage['column']}, AUC {auc:.2f} (limit {limit:.4g})"
    return check_limit("leakage", auc, limit, "at most", sentence)


def quarantine_check(gate: Gate, data: Record) -> GateCheck:
    """Check that few rows broke a check of the data."""
    share, limit = data["quarantined"] / max(data["ingested"], 1), gate.max_quarantined_share
    sentence = f"quarantined rows {percent(share)} (limit {percent(limit)})"
    return check_limit("quarantined share", share, limit, "at most", sentence)


def drift_check(gate: Gate, drift: Record) -> GateCheck:
    """Check, as a warning, that few features drifted: the model may be good all the same."""
    share, limit = drift["share"], gate.drift.max_share
    sentence = f"features that drifted from train to test {percent(share)} (limit {percent(limit)})"
    return check_limit("drift", share, limit, "at most", sentence, severity="warn")


def champion_check(
    gate: Gate,
    metric: str,
    dummy: float,
    version: str | None,
    difference: Record | None,
    why_not: str,
) -> GateCheck:
    """Check that the challenger is not worse than the champion by more than a margin.

    It passes (non-inferior) when even the unfavourable end of the paired 95 % interval is within the
    margin; it fails when even the favourable end is beyond; between the two it is unknown.

    Parameters
    ----------
    dummy : float
        The dummy's metric, the unit of the margin.
    difference : dict or None
        The metric's record of comparison.paired; None where the two were not compared.
    why_not : str
        Why they were not compared.
    """
    limit = gate.champion_margin
    if difference is None or not dummy:
        against = f"champion {version}" if version else "a champion"
        reason = f"{metric} against {against}: unknown, {why_not}"
        return GateCheck("champion", None, limit, "at most", None, reason)
    sign = 1 if is_lower_better(metric) else -1
    value = sign * difference["difference"] / abs(dummy)
    low, high = sorted(sign * edge / abs(dummy) for edge in difference["interval"])
    passed = True if high <= limit else False if low > limit else None
    reason = (
        f"{metric} worse than champion {version}'s by {percent(value)} of the dummy's, 95 % interval "
        f"{percent(low)} to {percent(high)} (margin {percent(limit)}): {OUTCOMES[passed]}"
    )
    return GateCheck("champion", value, limit, "at most", passed, reason, interval=[low, high])


def gate_checks(
    gate: Gate, metric: str, data: Record, train: Record, test: Record, drift: Record
) -> list[GateCheck]:
    """Return every check of the gate but the champion's.

    Parameters
    ----------
    metric : str
        The metric whose differences are checked.
    data, train, test, drift : dict
        metrics/data.json, train.json, test.json and drift.json.
    """
    checks = [*metric_limits(gate, test["metrics"]), baseline_check(gate, metric, test)]
    if gate.worst_slice_drop is not None:
        checks.append(slice_check(gate, metric, test, gate.worst_slice_drop))
    if gate.max_train_test_gap is not None:
        checks.append(gap_check(metric, train, test, gate.max_train_test_gap))
    return [*checks, leakage_check(train), quarantine_check(gate, data), drift_check(gate, drift)]


def verdict(checks: list[GateCheck], unknown_blocks: bool) -> str:
    """Return fail if a check failed; unknown if one could not be made and that blocks; else pass."""
    decisive = [check.passed for check in checks if check.severity == "fail"]
    if False in decisive:
        return "fail"
    if unknown_blocks and None in decisive:
        return "unknown"
    return "pass"
