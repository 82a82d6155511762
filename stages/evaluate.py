"""Metrics with intervals, slices, plots and predictions on test.

Reads models/candidate/ and data/splits/test/, writes metrics/test.json, metrics/drift.json,
data/predictions/ and the data of the plots. Depends on dataset, the gate's slices and drift, and seed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.config import load
from lockstep.core.files import fresh, write_json, write_records
from lockstep.core.partitions import paths, write_whole
from lockstep.core.schema import Dataset
from lockstep.core.stage import run
from lockstep.evaluation.drift import summary as drift
from lockstep.evaluation.importance import ROWS, importance
from lockstep.evaluation.plot_data import calibration, confusion, curves, residuals
from lockstep.evaluation.slices import slices
from lockstep.models.rows import Codes
from lockstep.training import bundle, feature_profile, predictions
from lockstep.training.metrics import intervals, score
from lockstep.training.reader import Reader
from lockstep.training.target import encode

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CANDIDATE, PLOTS = Path("models/candidate"), Path("metrics/plots")


def plots(task: str, y: "np.ndarray", p: "np.ndarray", at: float, classes: list[str]) -> Any:
    """Data of every plot; a plot that the task lacks has no records."""
    found: dict[str, Any] = {
        name: [] for name in ("roc", "pr", "calibration", "confusion", "residuals")
    }
    if task == "binary":
        found["roc"], found["pr"] = curves(y, p)
        found["calibration"] = calibration(y, p)
        found["confusion"] = confusion(y, (p >= at).astype(int), classes)
    elif task == "multiclass":
        found["confusion"] = confusion(y, p.argmax(axis=1), classes)
    else:
        found["residuals"] = residuals(y, p)
    return found


def confusion_counts(
    task: str, y: "np.ndarray", p: "np.ndarray", at: float, classes: list[str]
) -> list[dict[str, Any]]:
    """How many rows of each class were taken for which; nothing for a regression."""
    if task == "regression":
        return []
    said = (p >= at).astype(int) if task == "binary" else p.argmax(axis=1)
    return [
        {"actual": actual, "predicted": name, "rows": int(((y == i) & (said == j)).sum())}
        for i, actual in enumerate(classes)
        for j, name in enumerate(classes)
    ]


@dataclass
class Passed:
    """What one pass over the partitions leaves: a few numbers a row, counts, and a few rows."""

    y: list["np.ndarray"]
    p: list["np.ndarray"]
    sliced: dict[str, Codes]
    inputs: dict[str, "np.ndarray"]
    few: list["pd.DataFrame"]


def told(
    loaded: bundle.Bundle,
    rows: Reader,
    dataset: Dataset,
    seen: feature_profile.Profile,
    few: "np.ndarray",
    passed: Passed,
) -> Iterator["pd.DataFrame"]:
    """Predict each partition: its keys, encoded targets and predictions; the rest goes to passed.

    few are the positions of the rows that are kept, ascending.
    """
    task, classes = loaded.signature["task"], loaded.signature["classes"]
    features = loaded.signature["numeric"] + loaded.signature["categorical"]
    columns = [*dataset.key, dataset.target, *dataset.slices, *features]
    start = 0
    for frame in rows.frames(list(dict.fromkeys(columns))):
        y, _ = encode(frame[dataset.target], task, classes)
        p = loaded.predict(frame)
        passed.y.append(y)
        passed.p.append(p)
        for name, codes in passed.sliced.items():
            codes.add(frame[name].astype(str))
        for name, counts in feature_profile.counts(seen.columns, frame).items():
            passed.inputs[name] = passed.inputs.get(name, 0) + counts
        here = few[(few >= start) & (few < start + len(frame))] - start
        passed.few.append(frame[features].take(here))
        start += len(frame)
        # Row by row, so that two revisions can be compared.
        yield frame[dataset.key].assign(y=y, **predictions.columns(task, p, classes))


def main() -> None:
    """Predict once, then judge."""
    import numpy as np
    import pandas as pd

    config = load()
    dataset = config.dataset
    loaded = bundle.load(CANDIDATE)
    signature = loaded.signature
    classes, at, task = signature["classes"], signature["threshold"], signature["task"]
    rows = Reader(paths(Path("data/splits/test")))
    generator = np.random.default_rng(config.seed)
    few = generator.permutation(rows.rows)[:ROWS]
    seen = feature_profile.loads((CANDIDATE / feature_profile.FILE).read_bytes())
    passed = Passed([], [], {name: Codes(rows.rows) for name in dataset.slices}, {}, [])
    frames = told(loaded, rows, dataset, seen, np.sort(few), passed)
    write_whole(frames, fresh(Path("data/predictions")) / "test.parquet")
    y, p = np.concatenate(passed.y), np.concatenate(passed.p)
    sliced = {name: codes.values() for name, codes in passed.sliced.items()}
    shuffled = pd.concat(passed.few, ignore_index=True).take(np.argsort(np.argsort(few)))
    records = importance(loaded, shuffled.reset_index(drop=True), y[few], generator)
    dummy = np.tile(loaded.baseline, (len(y), 1)) if task == "multiclass" else loaded.baseline
    baseline = np.broadcast_to(np.asarray(dummy), p.shape)
    found: dict[str, Any] = {
        "metrics": score(task, y, p, at),
        "intervals": intervals(task, y, p, at, config.seed),
        "baseline": score(task, y, baseline, at),
        "confusion": confusion_counts(task, y, p, at, classes),
        "slices": slices(sliced, y, p, task, at, config.gate.min_slice_rows),
    }
    outputs = feature_profile.counts(seen.outputs, predictions.columns(task, p, classes))
    write_json(Path("metrics/drift.json"), drift(seen, passed.inputs, outputs, config.gate.drift))
    write_records(PLOTS / "importance.json", records)
    for name, records in plots(task, y, p, at, classes).items():
        write_records(PLOTS / f"{name}.json", records)
    write_json(Path("metrics/test.json"), found)
    first = next(iter(found["metrics"]))
    low, high = found["intervals"][first]
    interval = f"{found['metrics'][first]:.4f}, 95 % interval {low:.4f} to {high:.4f}"
    print(
        f"{len(y):,} rows of test: {first} {interval}; the dummy's {found['baseline'][first]:.4f}"
    )


if __name__ == "__main__":
    run("evaluate", main)
