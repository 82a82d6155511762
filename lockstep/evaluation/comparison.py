"""Two models on the same rows: each metric's difference with a paired bootstrap interval, and a verdict.

The draws are shared: both models are judged on the same weights, so what is hard for both cancels out
(Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 8).
"""

from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError
from lockstep.core.metric_names import LOWER_IS_BETTER
from lockstep.evaluation.uncertainty import N_DRAWS, percentile_interval, row_weights
from lockstep.training.metrics import weighted_scorer
from lockstep.training.predictions import array

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Record = dict[str, Any]


def verdict(edges: list[float], lower_is_better: bool) -> str:
    """What the interval of the difference (new less old) says of the new one."""
    low, high = edges
    if not (low > 0 or high < 0):  # an interval that is not a number says nothing either
        return "not distinguishable"
    return "better" if (high < 0) == lower_is_better else "worse"


def paired(
    task: str,
    y_true: "np.ndarray",
    old: tuple["np.ndarray", float],
    new: tuple["np.ndarray", float],
    seed: int,
    n_draws: int = N_DRAWS,
) -> dict[str, Record]:
    """By metric: both values, new less old with its 95 % interval, and better, worse or neither.

    y is encoded, shape (n,); old and new are predictions for the same rows and their thresholds.
    """
    import numpy as np

    score_old, score_new = (
        weighted_scorer(task, y_true, p, threshold) for p, threshold in (old, new)
    )
    before, after = score_old(np.ones(len(y_true))), score_new(np.ones(len(y_true)))
    draws = [
        (score_old(weights), score_new(weights))
        for weights in row_weights(len(y_true), seed, n_draws)
    ]
    records = {}
    for name in before:
        edges = percentile_interval(
            [new_draw[name] - old_draw[name] for old_draw, new_draw in draws]
        )
        records[name] = {
            "old": before[name],
            "new": after[name],
            "difference": after[name] - before[name],
            "interval": edges,
            "verdict": verdict(edges, name in LOWER_IS_BETTER),
        }
    return records


def flat(value: Any, where: str = "") -> dict[str, Any]:
    """Leaves of nested mappings by dotted name; a list is a leaf."""
    if not isinstance(value, dict):
        return {where: value}
    pairs = [(f"{where}.{key}" if where else str(key), item) for key, item in value.items()]
    return {name: leaf for key, item in pairs for name, leaf in flat(item, key).items()}


def parameters(old: Record, new: Record) -> list[Record]:
    """Parameters that differ, by name; the digest of conf/ and how to compute aside."""
    before, after = flat(old), flat(new)
    return [
        {"name": name, "old": before.get(name), "new": after.get(name)}
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
        and name != "conf_digest"
        and not name.startswith("engine.")
    ]


def raw_files(old: list[Record], new: list[Record]) -> list[Record]:
    """Raw files added, removed or changed, with their rows before and after."""
    before, after = ({record["path"]: record for record in files} for files in (old, new))
    return [
        {
            "path": path,
            "old_rows": before.get(path, {}).get("rows"),
            "new_rows": after.get(path, {}).get("rows"),
        }
        for path in sorted(before.keys() | after.keys())
        if before.get(path, {}).get("sha256") != after.get(path, {}).get("sha256")
    ]


def slices(old: list[Record], new: list[Record], metric: str) -> list[Record]:
    """The slices that both have, by how much the metric moved, the most first."""
    before = {(record["column"], record["value"]): record["metrics"].get(metric) for record in old}
    moved = []
    for record in new:
        old_value, new_value = (
            before.get((record["column"], record["value"])),
            record["metrics"].get(metric),
        )
        if old_value is not None and new_value is not None:
            moved.append(
                {
                    "slice": f"{record['column']} {record['value']}",
                    "rows": record["rows"],
                    "old": old_value,
                    "new": new_value,
                    "difference": new_value - old_value,
                }
            )
    return sorted(moved, key=lambda record: -abs(record["difference"]))


def joined(
    old: "pd.DataFrame", new: "pd.DataFrame", key: list[str], notes: list[str]
) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """The rows that both predicted, in one order. What they do not share goes to the notes.

    Raises DataError where they share none, or have other targets for the same rows.
    """
    for frame, which in ((old, "first"), (new, "second")):
        lacking = [name for name in [*key, "y"] if name not in frame]
        if lacking:
            raise DataError(f"the predictions of the {which} have no column {lacking[0]}")
    both = old[key].merge(new[key], on=key)
    if both.empty:
        raise DataError("the two have no test row in common; they cannot be compared")
    if len(both) < max(len(old), len(new)):
        notes.append(
            f"the test rows differ: {len(old):,} and {len(new):,}; compared are the {len(both):,} "
            "that both have, so the values are not those of metrics/test.json"
        )
    old_rows, new_rows = (both.merge(frame, on=key) for frame in (old, new))
    changed = int((old_rows["y"] != new_rows["y"]).sum())
    if changed:
        raise DataError(f"the target of {changed:,} test rows differs; they cannot be compared")
    return old_rows, new_rows


def compare(old: Record, new: Record) -> Record:
    """Two revisions (revision.described): metrics on their common test rows, and what else differs.

    Raises DataError where a comparison would mean nothing.
    """
    notes: list[str] = []
    tasks = [one["params"]["dataset"]["task"] for one in (old, new)]
    keys = [one["params"]["dataset"]["key"] for one in (old, new)]
    if tasks[0] != tasks[1] or keys[0] != keys[1]:
        raise DataError(
            f"{old['name']} and {new['name']} have other tasks or row keys ({tasks[0]}, {keys[0]}; "
            f"{tasks[1]}, {keys[1]}); they cannot be compared"
        )
    task, key = tasks[1], keys[1]
    one, other = joined(old["predictions"], new["predictions"], key, notes)
    columns = [sorted(c for c in f if c not in [*key, "y"]) for f in (one, other)]
    if columns[0] != columns[1]:
        raise DataError(f"they predict other columns: {columns[0]} and {columns[1]}")
    names = [name for name in other if name not in [*key, "y"]]
    p = [array(frame, task, names) for frame in (one, other)]
    thresholds = [run["train"].get("threshold") or 0.5 for run in (old, new)]
    seed = new["params"]["seed"]
    metrics = paired(
        task, other["y"].to_numpy(), (p[0], thresholds[0]), (p[1], thresholds[1]), seed
    )
    for run in (old, new):
        for name in sorted(run["test"]["metrics"].keys() ^ metrics.keys()):
            notes.append(f"{name} is not compared: {run['name']} and this code do not both have it")
    metric = new["params"]["gate"]["baseline_metric"][task]
    return {
        "old": {k: old[k] for k in ("name", "commit")} | {"verdict": old["gate"]["verdict"]},
        "new": {k: new[k] for k in ("name", "commit")} | {"verdict": new["gate"]["verdict"]},
        "rows": len(one),
        "notes": notes,
        "metrics": metrics,
        "parameters": parameters(old["params"], new["params"]),
        "data": raw_files(old["lineage"]["raw"], new["lineage"]["raw"]),
        "slice_metric": metric,
        "slices": slices(old["test"]["slices"], new["test"]["slices"], metric),
    }
