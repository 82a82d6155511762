"""Metrics with intervals, slices, plots and predictions on test.

Reads models/candidate/ and data/splits/test/, writes metrics/test.json, metrics/drift.json,
data/predictions/ and the data of the plots. Depends on dataset, the gate's slices and drift, and seed.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline import bundle, profile
from pipeline.config import load
from pipeline.config.schema import Dataset
from pipeline.drift import summary as drift
from pipeline.metrics import intervals, score
from pipeline.outcome import columns
from pipeline.partitions import read_all, write
from pipeline.plots import calibration, confusion, curves, residuals
from pipeline.stage import run
from pipeline.stage.files import fresh, write_json, write_records
from pipeline.target import encode

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CANDIDATE, PLOTS = Path("models/candidate"), Path("metrics/plots")
TOP_VALUES = 10  # of each sliced column


def slices(
    table: "pd.DataFrame", y: "np.ndarray", p: "np.ndarray", dataset: Dataset, at: float, least: int
) -> list[dict[str, Any]]:
    """Metrics of each frequent value of the sliced columns that has rows and classes enough."""
    found = []
    for column in dataset.slices:
        text = table[column].astype(str)
        for value, rows in text.value_counts(sort=True).head(TOP_VALUES).items():
            here = (text == value).to_numpy()
            if rows >= least and (y[here] != y[here][0]).any():
                metrics = score(dataset.task, y[here], p[here], at)
                found.append(
                    {"column": column, "value": value, "rows": int(rows), "metrics": metrics}
                )
    return found


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


def importance(
    loaded: bundle.Bundle, table: "pd.DataFrame", y: "np.ndarray", seed: int
) -> list[dict[str, Any]]:
    """Rise of the loss when one column is shuffled (permutation importance, Breiman 2001)."""
    import numpy as np

    task = loaded.signature["task"]
    metric = "rmse" if task == "regression" else "log_loss"
    generator = np.random.default_rng(seed)
    few = generator.permutation(len(table))[:5000]
    frame, target = table.iloc[few].reset_index(drop=True), y[few]
    usual = score(task, target, loaded.predict(frame))[metric]
    found = []
    for name in loaded.signature["numeric"] + loaded.signature["categorical"]:
        shuffled = frame.copy()
        shuffled[name] = frame[name].to_numpy()[generator.permutation(len(frame))]
        rise = score(task, target, loaded.predict(shuffled))[metric] - usual
        found.append({"feature": name, "importance": rise})
    return sorted(found, key=lambda one: -one["importance"])


def main() -> None:
    """Predict once, then judge."""
    import numpy as np

    config = load()
    dataset = config.dataset
    loaded = bundle.load(CANDIDATE)
    signature = loaded.signature
    classes, at, task = signature["classes"], signature["threshold"], signature["task"]
    table = read_all(Path("data/splits/test"))
    y, _ = encode(table[dataset.target], task, classes)
    p = loaded.predict(table)
    dummy = np.tile(loaded.baseline, (len(y), 1)) if task == "multiclass" else loaded.baseline
    baseline = np.broadcast_to(np.asarray(dummy), p.shape)
    found: dict[str, Any] = {
        "metrics": score(task, y, p, at),
        "intervals": intervals(task, y, p, at, config.seed),
        "baseline": score(task, y, baseline, at),
        "confusion": confusion_counts(task, y, p, at, classes),
        "slices": slices(table, y, p, dataset, at, config.gate.min_slice_rows),
    }
    folder = fresh(Path("data/predictions"))
    said = columns(task, p, classes)
    # Row by row, so that two revisions can be compared.
    write(table[dataset.key].assign(y=y, **said), folder / "test.parquet")
    seen = profile.loads((CANDIDATE / profile.FILE).read_bytes())
    inputs, outputs = profile.counts(seen.columns, table), profile.counts(seen.outputs, said)
    write_json(Path("metrics/drift.json"), drift(seen, inputs, outputs, config.gate.drift))
    for name, records in plots(task, y, p, at, classes).items():
        write_records(PLOTS / f"{name}.json", records)
    write_records(PLOTS / "importance.json", importance(loaded, table, y, config.seed))
    write_json(Path("metrics/test.json"), found)
    first = next(iter(found["metrics"]))
    low, high = found["intervals"][first]
    told = f"{found['metrics'][first]:.4f}, 95 % interval {low:.4f} to {high:.4f}"
    print(f"{len(y):,} rows of test: {first} {told}; the dummy's {found['baseline'][first]:.4f}")


if __name__ == "__main__":
    run("evaluate", main)
