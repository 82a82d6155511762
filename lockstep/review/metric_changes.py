"""What the metrics of two commits say: differences, intervals on the same rows, gates, drift."""

from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError
from lockstep.evaluation.comparison import compare, flat
from lockstep.experiments.revision import predictions
from lockstep.repository.dvc_lock import recorded

Record = dict[str, Any]
FEW = 1e-6  # of a metric: what two computations of it may differ by, relative


def missing(base: Record, head: Record, dropped: list[str]) -> list[str]:
    """Metrics that base has and head lacks, as FILE NAME; none of test's where the task is another.

    A metrics file that head's dvc.yaml does not declare any more is gone on purpose.
    """
    found = []
    if not other_task(base, head):
        for name in (base["test"] or {}).get("metrics", {}):
            if name not in head["test"]["metrics"]:
                found.append(("metrics/test.json", name))
    for path, values in base["others"].items():
        if path in head["others"] and values is not None:
            there = flat(head["others"][path])
            found += [(path, name) for name in flat(values) if name not in there]
    return [f"{path} {name}" for path, name in found if name not in dropped]


def other_task(base: Record, head: Record) -> bool:
    """Whether both say what they predict, and it is not the same."""
    if base["params"] is None:
        return False
    said = [[side["params"]["dataset"].get(key) for key in ("task", "target", "key")]
            for side in (base, head)]  # fmt: skip
    return said[0] != said[1]


def same_predictions(base: Record, head: Record) -> bool:
    """Whether dvc.lock has one hash for the predictions of both."""
    old, new = (recorded(side["lock"] or {}).get("data/predictions") for side in (base, head))
    return old is not None and old == new


def paired(root: Path, base: Record, head: Record) -> tuple[Record | None, str]:
    """Both models on the test rows that both predicted, or None and why there is no such comparison."""
    parts = ("params", "test", "train", "gate", "lineage")
    if any(base[part] is None for part in parts):
        return None, "base has no complete metrics"
    try:
        sides = [
            {part: side[part] for part in parts}
            | {"name": name, "commit": side["commit"]}
            | {"predictions": predictions(root, side["commit"])}
            for name, side in (("base", base), ("head", head))
        ]
        found = compare(*sides)
    except DataError as error:
        return None, str(error)
    rows = [len(side["predictions"]) for side in sides]
    return {**found, "same_rows": rows == [found["rows"]] * 2}, ""


def told(base: Record, head: Record, found: Record | None) -> list[Record]:
    """Every metric of test as both files have it, with the paired interval where the rows are the same."""
    before = (base["test"] or {}).get("metrics", {})
    after = head["test"]["metrics"]
    records = []
    for name in [*after, *(one for one in before if one not in after)]:
        old, new = before.get(name), after.get(name)
        known = old is not None and new is not None and not other_task(base, head)
        one = found["metrics"].get(name) if found and found["same_rows"] else None
        records.append(
            {
                "metric": name,
                "old": old,
                "new": new,
                "difference": new - old if known else None,
                "interval": one and one["interval"],
                "verdict": one and one["verdict"],
            }
        )
    return records


def deviating(base: Record, head: Record, found: Record | None) -> list[str]:
    """Metrics whose recorded value is not what this code makes of the predictions, a sentence each."""
    if not (found and found["same_rows"]):
        return []
    said = []
    for name, one in found["metrics"].items():
        for which, side, key in (("base", base, "old"), ("head", head, "new")):
            value = side["test"]["metrics"].get(name)
            if value is not None and abs(value - one[key]) > FEW * max(abs(value), abs(one[key])):
                said.append(
                    f"{name} of {which} is {value:.6g} in metrics/test.json and {one[key]:.6g} by this "
                    "code: the metric's definition changed, or the file is not of these predictions"
                )
    return said


def flipped(old: Record | None, new: Record) -> list[Record]:
    """Checks of the gate whose result is another than at base, or that base did not have, and lost ones."""
    before = {one["name"]: one for one in (old or {"checks": []})["checks"]}
    after = {one["name"]: one for one in new["checks"]}
    return [
        {"name": name, "old": before.get(name), "new": after.get(name)}
        for name in [*after, *(one for one in before if one not in after)]
        if name not in before
        or name not in after
        or before[name]["passed"] is not after[name]["passed"]
    ]


def drifted(old: Record | None, new: Record) -> list[Record]:
    """Columns that drifted at base or head, the most at head first."""
    before = {one["column"]: one for one in (old or {"columns": []})["columns"]}
    after = {one["column"]: one for one in new["columns"]}
    found = [
        {"column": name, "old": before.get(name), "new": after.get(name)}
        for name in sorted(before.keys() | after.keys())
        if before.get(name, {}).get("drifted") or after.get(name, {}).get("drifted")
    ]
    return sorted(found, key=lambda one: -((one["new"] or {}).get("psi") or 0.0))


def unlike(old: Record, new: Record) -> list[Record]:
    """Numbers of two JSON values that differ, by their dotted names."""
    before, after = (
        {
            k: v
            for k, v in flat(one).items()
            if isinstance(v, int | float) and not isinstance(v, bool)
        }
        for one in (old, new)
    )
    return [
        {"name": name, "old": before.get(name), "new": after.get(name)}
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
