"""Metrics with intervals, slices, plots and predictions on test.

Reads models/candidate/ and data/splits/test/, writes metrics/test.json, metrics/drift.json,
data/predictions/ and the data of the plots, the owner's in metrics/plots/own/. Depends on dataset, the gate's
slices and drift, and seed.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.config import load_config
from lockstep.core.escaping import plot_data
from lockstep.core.files import fresh, write_json, write_records
from lockstep.core.partitions import partition_paths, write_whole
from lockstep.core.schema import Config
from lockstep.core.stage import run
from lockstep.evaluation.collected_rows import (
    CollectedRows,
    baseline_predictions,
    feature_importance,
    predict_partitions,
)
from lockstep.evaluation.drift import summary as drift_summary
from lockstep.evaluation.importance import MAX_ROWS
from lockstep.evaluation.own_plots import write_own_plots
from lockstep.evaluation.plot_data import confusion_counts, plot_records
from lockstep.evaluation.slices import slice_metrics
from lockstep.evaluation.uncertainty import intervals
from lockstep.models.rows import Codes
from lockstep.training import bundle, feature_profile, predictions
from lockstep.training.metrics import score
from lockstep.training.own_metrics import load_metrics
from lockstep.training.reader import Reader

if TYPE_CHECKING:
    import numpy as np

CANDIDATE, TEST = Path("models/candidate"), Path("data/splits/test")
PREDICTIONS, PLOTS = Path("data/predictions/test.parquet"), Path("metrics/plots")


def measure(
    config: Config,
    model: bundle.Bundle,
    y_true: "np.ndarray",
    y_prob: "np.ndarray",
    test: CollectedRows,
) -> dict[str, Any]:
    """Return metrics/test.json."""
    task, threshold = model.signature["task"], model.signature["threshold"]
    slices = {name: codes.values() for name, codes in test.slices.items()}
    min_rows, own = config.gate.min_slice_rows, load_metrics(config.dataset.metrics)
    return {
        "metrics": score(task, y_true, y_prob, threshold, own),
        "intervals": intervals(task, y_true, y_prob, threshold, config.seed, own=own),
        "baseline": score(task, y_true, baseline_predictions(model, y_prob), threshold, own),
        "confusion": confusion_counts(task, y_true, y_prob, threshold, model.signature["classes"]),
        "slices": slice_metrics(slices, y_true, y_prob, task, threshold, min_rows, own),
    }


def main() -> None:
    """Predict test once, then measure."""
    import numpy as np

    config = load_config()
    model = bundle.load(CANDIDATE)
    profile = feature_profile.loads((CANDIDATE / feature_profile.FILE).read_bytes())
    rows = Reader(partition_paths(TEST))
    rng = np.random.default_rng(config.seed)
    drawn_rows = rng.permutation(rows.rows)[:MAX_ROWS]

    slices = {name: Codes(rows.rows) for name in config.dataset.slices}
    test = CollectedRows(slices, importance_rows=np.sort(drawn_rows))
    fresh(PREDICTIONS.parent)
    write_whole(predict_partitions(model, profile, config, rows, test), PREDICTIONS)
    y_true, y_prob = np.concatenate(test.y_true), np.concatenate(test.y_prob)

    importance = feature_importance(model, test, drawn_rows, y_true, rng)
    metrics = measure(config, model, y_true, y_prob, test)
    task, classes = model.signature["task"], model.signature["classes"]
    outputs = feature_profile.count_columns(
        profile.outputs, predictions.as_columns(task, y_prob, classes)
    )
    drift = drift_summary(profile, test.feature_counts, outputs, config.gate.drift)
    plots = plot_records(task, y_true, y_prob, model.signature["threshold"], classes)

    write_json(Path("metrics/drift.json"), drift)
    write_json(Path("metrics/test.json"), metrics)
    own_plots, threshold = config.dataset.plots, model.signature["threshold"]
    write_own_plots(PLOTS / "own", own_plots, task, y_true, y_prob, threshold)
    for name, records in {"importance": importance, **plots}.items():
        write_records(PLOTS / f"{name}.json", plot_data(records))
    for name in [next(iter(metrics["metrics"])), *config.dataset.metrics]:
        print(summary_line(metrics, name, len(y_true)))


def summary_line(metrics: dict[str, Any], name: str, n_rows: int) -> str:
    """Return one line: a metric with its interval, and the dummy's."""
    low, high = metrics["intervals"][name]
    return (
        f"{n_rows:,} rows of test: {name} {metrics['metrics'][name]:.4f}, "
        f"95 % interval {low:.4f} to {high:.4f}; the dummy's {metrics['baseline'][name]:.4f}"
    )


if __name__ == "__main__":
    run("evaluate", main)
