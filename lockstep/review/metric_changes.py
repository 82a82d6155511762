"""What differs between the metrics of two commits: values, intervals on the same rows, gates, drift."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError
from lockstep.evaluation.comparison import compare, flat
from lockstep.experiments.revision import predictions
from lockstep.repository.dvc_lock import recorded
from lockstep.review.changes import Change, changed_values
from lockstep.review.commit import CommitState

Comparison = dict[str, Any]  # of evaluation.comparison.compare, and whether all rows are the same
TOLERANCE = 1e-6  # relative, of two computations of one metric
COMPARED_PARTS = ("params", "test", "train", "gate", "lineage")


@dataclass(frozen=True)
class MetricChange:
    """A metric at base and head; interval and verdict where both predicted the same rows."""

    metric: str
    old: float | None
    new: float | None
    difference: float | None
    interval: list[float] | None = None
    verdict: str | None = None


def missing_metrics(base: CommitState, head: CommitState, dropped: list[str]) -> list[str]:
    """Return metrics that base has and head lacks; none of test's where the task is another.

    Parameters
    ----------
    base, head : CommitState
    dropped : list of str
        Names of metrics that go on purpose. So does a file that head's dvc.yaml does not declare any more.

    Returns
    -------
    list of str
        As FILE NAME.
    """
    missing = []
    if not has_other_task(base, head):
        for name in base.test_metrics():
            if name not in head.test_metrics():
                missing.append(("metrics/test.json", name))
    for path, values in base.other_metrics.items():
        if path in head.other_metrics and values is not None:
            names = flat(head.other_metrics[path])
            missing += [(path, name) for name in flat(values) if name not in names]
    return [f"{path} {name}" for path, name in missing if name not in dropped]


def has_other_task(base: CommitState, head: CommitState) -> bool:
    """Return whether both say what they predict, and it is not the same."""
    if base.params is None:
        return False
    keys = ("task", "target", "key")
    old, new = ([side.params["dataset"].get(key) for key in keys] for side in (base, head))
    return bool(old != new)


def has_same_predictions(base: CommitState, head: CommitState) -> bool:
    """Return whether dvc.lock has one hash for the predictions of both."""
    old, new = (recorded(side.lock or {}).get("data/predictions") for side in (base, head))
    return old is not None and old == new


def compare_predictions(
    root: Path, base: CommitState, head: CommitState
) -> tuple[Comparison | None, str]:
    """Compare both models on the test rows that both predicted.

    Returns
    -------
    tuple
        The comparison, or None and why there is none.

    Parameters
    ----------
    root : Path
    base : CommitState
    head : CommitState

    Returns
    -------
    tuple
    """
    if any(getattr(base, part) is None for part in COMPARED_PARTS):
        return None, "base has no complete metrics"
    try:
        sides = [
            {part: getattr(side, part) for part in COMPARED_PARTS}
            | {"name": name, "commit": side.sha, "predictions": predictions(root, side.sha)}
            for name, side in (("base", base), ("head", head))
        ]
        comparison = compare(*sides)
    except DataError as error:
        return None, str(error)
    n_rows = comparison["rows"]
    same_rows = all(len(side["predictions"]) == n_rows for side in sides)
    return {**comparison, "same_rows": same_rows}, ""


def metric_changes(
    base: CommitState, head: CommitState, comparison: Comparison | None
) -> list[MetricChange]:
    """Return every metric of test as both files have it, with its interval where the rows are the same.

    Parameters
    ----------
    base : CommitState
    head : CommitState
    comparison : Comparison or None
        Of the predictions, if they can be compared.

    Returns
    -------
    list of MetricChange
    """
    before, after = base.test_metrics(), head.test_metrics()
    comparable = not has_other_task(base, head)
    paired = comparison["metrics"] if comparison and comparison["same_rows"] else {}
    changes = []
    for name in [*after, *(name for name in before if name not in after)]:
        old, new = before.get(name), after.get(name)
        difference = new - old if comparable and old is not None and new is not None else None
        pair = paired.get(name, {})
        changes.append(
            MetricChange(name, old, new, difference, pair.get("interval"), pair.get("verdict"))
        )
    return changes


def deviating_metrics(
    base: CommitState, head: CommitState, comparison: Comparison | None
) -> list[str]:
    """Return a sentence for each recorded metric that is not what this code makes of the predictions.

    Parameters
    ----------
    base : CommitState
    head : CommitState
    comparison : Comparison or None
        Of the predictions, if they can be compared.

    Returns
    -------
    list of str
    """
    if not (comparison and comparison["same_rows"]):
        return []
    sentences = []
    for name, pair in comparison["metrics"].items():
        for label, side, computed in (("base", base, pair["old"]), ("head", head, pair["new"])):
            value = side.test_metrics().get(name)
            if value is None:
                continue
            if abs(value - computed) > TOLERANCE * max(abs(value), abs(computed)):
                sentences.append(
                    f"{name} of {label} is {value:.6g} in metrics/test.json and {computed:.6g} by this "
                    "code: the metric's definition changed, or the file is not of these predictions"
                )
    return sentences


def by_name(records: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    """Return the records by the name that each has at the key."""
    return {record[key]: record for record in records}


def flipped_checks(old: dict[str, Any] | None, new: dict[str, Any]) -> list[Change]:
    """Return checks of the gate with another result than at base, new ones, and lost ones."""
    before, after = (
        by_name((old or {"checks": []})["checks"], "name"),
        by_name(new["checks"], "name"),
    )
    return [
        Change(name, before.get(name), after.get(name))
        for name in [*after, *(name for name in before if name not in after)]
        if name not in before
        or name not in after
        or before[name]["passed"] is not after[name]["passed"]
    ]


def drifted_columns(old: dict[str, Any] | None, new: dict[str, Any]) -> list[Change]:
    """Return the columns that drifted at base or head, the most at head first."""
    before = by_name((old or {"columns": []})["columns"], "column")
    after = by_name(new["columns"], "column")
    changes = [
        Change(name, before.get(name), after.get(name))
        for name in sorted(before.keys() | after.keys())
        if before.get(name, {}).get("drifted") or after.get(name, {}).get("drifted")
    ]
    return sorted(changes, key=lambda change: -((change.new or {}).get("psi") or 0.0))


def numbers_of(value: Any) -> dict[str, float]:
    """Return the numbers of a JSON value by their dotted names."""
    return {
        name: leaf
        for name, leaf in flat(value).items()
        if isinstance(leaf, int | float) and not isinstance(leaf, bool)
    }


def changed_numbers(old: Any, new: Any) -> list[Change]:
    """Return the numbers of two JSON values that differ, by their dotted names."""
    return changed_values(numbers_of(old), numbers_of(new))
