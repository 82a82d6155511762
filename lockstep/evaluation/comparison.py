"""Two models on the same rows: each metric's difference with a paired bootstrap interval, and a verdict.

Both models are scored on the same bootstrap weights, so rows that are hard for both cancel out
(Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 8).
"""

from typing import TYPE_CHECKING, Any

from lockstep.core.components import OwnFunction
from lockstep.core.errors import DataError, LockstepError
from lockstep.core.own_metrics import is_lower_better
from lockstep.evaluation.uncertainty import N_DRAWS, percentile_interval, row_weights
from lockstep.training.metrics import weighted_scorer
from lockstep.training.own_metrics import OwnMetrics, load_metrics
from lockstep.training.predictions import from_columns

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Record = dict[str, Any]


def verdict(edges: list[float], lower_is_better: bool) -> str:
    """Return the verdict on the new model from the interval of the difference, new minus old."""
    low, high = edges
    if not (low > 0 or high < 0):  # an interval that is not a number says nothing either
        return "not distinguishable"
    return "better" if (high < 0) == lower_is_better else "worse"


def paired_difference(
    task: str,
    y_true: "np.ndarray",
    old: tuple["np.ndarray", float],
    new: tuple["np.ndarray", float],
    seed: int,
    n_draws: int = N_DRAWS,
    own: OwnMetrics = (),
) -> dict[str, Record]:
    """Compare two models on the same rows, metric by metric.

    Parameters
    ----------
    task : str
        binary, multiclass or regression.
    y_true : array, shape (n,)
        Encoded target.
    old, new : tuple
        Predictions for the same rows, and the threshold that goes with them.
    seed, n_draws : int
        Of the bootstrap.
    own : sequence of OwnFunction
        The owner's metrics.

    Returns
    -------
    dict
        By metric: both values, new minus old, its 95 % interval, and the verdict.
    """
    import numpy as np

    score_old, score_new = (
        weighted_scorer(task, y_true, y_prob, threshold, own) for y_prob, threshold in (old, new)
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
            "verdict": verdict(edges, is_lower_better(name)),
        }
    return records


def flat(value: Any, prefix: str = "") -> dict[str, Any]:
    """Return the leaves of nested mappings by dotted name; a list is a leaf."""
    if not isinstance(value, dict):
        return {prefix: value}
    pairs = [(f"{prefix}.{key}" if prefix else str(key), item) for key, item in value.items()]
    return {name: leaf for key, item in pairs for name, leaf in flat(item, key).items()}


def parameters(old: Record, new: Record) -> list[Record]:
    """Return parameters that differ, by name, without the digest of conf/ and the engine."""
    before, after = flat(old), flat(new)
    return [
        {"name": name, "old": before.get(name), "new": after.get(name)}
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
        and name != "conf_digest"
        and not name.startswith("engine.")
    ]


def raw_files(old: list[Record], new: list[Record]) -> list[Record]:
    """Return raw files added, removed or changed, with their rows before and after."""
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
    """Return the slices that both have, the largest change of the metric first.

    Parameters
    ----------
    old, new : list of dict
        The slices of metrics/test.json.
    metric : str
        The metric to compare.
    """
    before = {(record["column"], record["value"]): record["metrics"].get(metric) for record in old}
    changes = []
    for record in new:
        old_value = before.get((record["column"], record["value"]))
        new_value = record["metrics"].get(metric)
        if old_value is not None and new_value is not None:
            changes.append(
                {
                    "slice": f"{record['column']} {record['value']}",
                    "rows": record["rows"],
                    "old": old_value,
                    "new": new_value,
                    "difference": new_value - old_value,
                }
            )
    return sorted(changes, key=lambda record: -abs(record["difference"]))


def joined(
    old: "pd.DataFrame", new: "pd.DataFrame", key: list[str], notes: list[str]
) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Return the rows that both predicted, in one order; a note is added where some are left out.

    Parameters
    ----------
    old, new : DataFrame
        Predictions with the key and the target y.
    key : list of str
        Columns that name a row.
    notes : list of str
        Gets the note.

    Raises
    ------
    DataError
        Where they share no row, or have other targets for the same rows.
    """
    for frame, position in ((old, "first"), (new, "second")):
        lacking = [name for name in [*key, "y"] if name not in frame]
        if lacking:
            raise DataError(f"the predictions of the {position} have no column {lacking[0]}")
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


def comparable_metrics(old: Record, new: Record, notes: list[str]) -> OwnMetrics:
    """Return the owner's metrics of the new revision, by this checkout's files and the new one's settings.

    Where the settings of the old one are others, a note is added: both are compared by the new ones. A metric
    whose file is not in this checkout, or does not take the settings, is left out with a note.
    """
    before, after = (run["params"]["dataset"].get("metrics") or {} for run in (old, new))
    metrics: list[OwnFunction] = []
    for name, settings in after.items():
        if name in before and before[name] != settings:
            notes.append(
                f"the settings of {name} differ; both are compared by those of {new['name']}, so the value "
                f"of {old['name']} is not that of metrics/test.json"
            )
        try:
            metrics += load_metrics({name: settings})
        except LockstepError as error:
            notes.append(f"{name} is not compared: {error}")
    return metrics


def compare(old: Record, new: Record) -> Record:
    """Compare two revisions (revision.described): metrics on common test rows, parameters, data, slices.

    Raises DataError where a comparison would mean nothing.
    """
    notes: list[str] = []
    tasks = [run["params"]["dataset"]["task"] for run in (old, new)]
    keys = [run["params"]["dataset"]["key"] for run in (old, new)]
    if tasks[0] != tasks[1] or keys[0] != keys[1]:
        raise DataError(
            f"{old['name']} and {new['name']} have other tasks or row keys ({tasks[0]}, {keys[0]}; "
            f"{tasks[1]}, {keys[1]}); they cannot be compared"
        )
    task, key = tasks[1], keys[1]
    old_rows, new_rows = joined(old["predictions"], new["predictions"], key, notes)
    columns = [
        sorted(name for name in frame if name not in [*key, "y"]) for frame in (old_rows, new_rows)
    ]
    if columns[0] != columns[1]:
        raise DataError(f"they predict other columns: {columns[0]} and {columns[1]}")
    names = [name for name in new_rows if name not in [*key, "y"]]
    old_prob, new_prob = from_columns(old_rows, task, names), from_columns(new_rows, task, names)
    thresholds = [run["train"].get("threshold") or 0.5 for run in (old, new)]
    seed = new["params"]["seed"]
    y_true = new_rows["y"].to_numpy()
    own = comparable_metrics(old, new, notes)
    metrics = paired_difference(
        task, y_true, (old_prob, thresholds[0]), (new_prob, thresholds[1]), seed, own=own
    )
    for run in (old, new):
        for name in sorted(run["test"]["metrics"].keys() ^ metrics.keys()):
            notes.append(f"{name} is not compared: {run['name']} and this code do not both have it")
    metric = new["params"]["gate"]["baseline_metric"][task]
    return {
        "old": {k: old[k] for k in ("name", "commit")} | {"verdict": old["gate"]["verdict"]},
        "new": {k: new[k] for k in ("name", "commit")} | {"verdict": new["gate"]["verdict"]},
        "rows": len(old_rows),
        "notes": notes,
        "metrics": metrics,
        "parameters": parameters(old["params"], new["params"]),
        "data": raw_files(old["lineage"]["raw"], new["lineage"]["raw"]),
        "slice_metric": metric,
        "slices": slices(old["test"]["slices"], new["test"]["slices"], metric),
    }
