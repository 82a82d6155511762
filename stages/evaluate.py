"""Metrics with intervals, slices, plots and predictions on test.

Reads models/candidate/ and data/splits/test/, writes metrics/test.json, metrics/drift.json,
data/predictions/ and the data of the plots. Depends on dataset, the gate's slices and drift, and seed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.config import load
from lockstep.core.files import fresh, write_json, write_records
from lockstep.core.partitions import paths, write_whole
from lockstep.core.schema import Config
from lockstep.core.stage import run
from lockstep.evaluation.drift import summary as drift_summary
from lockstep.evaluation.importance import MAX_ROWS, permutation_importance
from lockstep.evaluation.plot_data import confusion_counts, plot_records
from lockstep.evaluation.slices import slice_metrics
from lockstep.evaluation.uncertainty import intervals
from lockstep.models.rows import Codes
from lockstep.training import bundle, feature_profile, predictions
from lockstep.training.metrics import score
from lockstep.training.reader import Reader
from lockstep.training.target import encode

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

CANDIDATE, TEST = Path("models/candidate"), Path("data/splits/test")
PREDICTIONS, PLOTS = Path("data/predictions/test.parquet"), Path("metrics/plots")


@dataclass
class CollectedRows:
    """What one pass over the test partitions collects: a few numbers a row, counts, and sampled rows."""

    slices: dict[str, Codes]  # by column
    importance_rows: "np.ndarray"  # positions of the sampled rows, ascending
    y_true: list["np.ndarray"] = field(default_factory=list)
    y_prob: list["np.ndarray"] = field(default_factory=list)
    feature_counts: dict[str, "np.ndarray"] = field(default_factory=dict)  # over the profile's bins
    importance_features: list["pd.DataFrame"] = field(default_factory=list)


def predict_partitions(
    model: bundle.Bundle,
    profile: feature_profile.Profile,
    config: Config,
    test: Reader,
    collected: CollectedRows,
) -> Iterator["pd.DataFrame"]:
    """Yield each partition's keys, encoded targets (y) and predictions; collect what else is needed."""
    dataset, signature = config.dataset, model.signature
    features = signature["numeric"] + signature["categorical"]
    columns = [*dataset.key, dataset.target, *dataset.slices, *features]
    start = 0
    for frame in test.frames(list(dict.fromkeys(columns))):
        y_true, _ = encode(frame[dataset.target], signature["task"], signature["classes"])
        y_prob = model.predict(frame)
        collected.y_true.append(y_true)
        collected.y_prob.append(y_prob)
        for name, codes in collected.slices.items():
            codes.add(frame[name].astype(str))
        for name, counts in feature_profile.counts(profile.columns, frame).items():
            collected.feature_counts[name] = collected.feature_counts.get(name, 0) + counts
        sampled = collected.importance_rows - start
        sampled = sampled[(sampled >= 0) & (sampled < len(frame))]
        collected.importance_features.append(frame[features].take(sampled))
        start += len(frame)
        columns_of_outputs = predictions.columns(signature["task"], y_prob, signature["classes"])
        yield frame[dataset.key].assign(y=y_true, **columns_of_outputs)


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
    min_rows = config.gate.min_slice_rows
    return {
        "metrics": score(task, y_true, y_prob, threshold),
        "intervals": intervals(task, y_true, y_prob, threshold, config.seed),
        "baseline": score(task, y_true, baseline_predictions(model, y_prob), threshold),
        "confusion": confusion_counts(task, y_true, y_prob, threshold, model.signature["classes"]),
        "slices": slice_metrics(slices, y_true, y_prob, task, threshold, min_rows),
    }


def baseline_predictions(model: bundle.Bundle, y_prob: "np.ndarray") -> "np.ndarray":
    """Return the dummy's predictions of the same rows: the same for each."""
    import numpy as np

    return np.broadcast_to(np.asarray(model.baseline), y_prob.shape)


def feature_importance(
    model: bundle.Bundle,
    test: CollectedRows,
    drawn_rows: "np.ndarray",
    y_true: "np.ndarray",
    rng: Any,
) -> list[dict[str, Any]]:
    """Return the importance of each feature on the sampled rows, in the order in which they were drawn."""
    import numpy as np
    import pandas as pd

    ascending = pd.concat(test.importance_features, ignore_index=True)
    in_drawn_order = ascending.take(np.searchsorted(test.importance_rows, drawn_rows))
    features = in_drawn_order.reset_index(drop=True)
    return permutation_importance(model, features, y_true[drawn_rows], rng)


def main() -> None:
    """Predict test once, then measure."""
    import numpy as np

    config = load()
    model = bundle.load(CANDIDATE)
    profile = feature_profile.loads((CANDIDATE / feature_profile.FILE).read_bytes())
    rows = Reader(paths(TEST))
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
    outputs = feature_profile.counts(profile.outputs, predictions.columns(task, y_prob, classes))
    drift = drift_summary(profile, test.feature_counts, outputs, config.gate.drift)
    plots = plot_records(task, y_true, y_prob, model.signature["threshold"], classes)

    write_json(Path("metrics/drift.json"), drift)
    write_json(Path("metrics/test.json"), metrics)
    for name, records in {"importance": importance, **plots}.items():
        write_records(PLOTS / f"{name}.json", records)
    print(summary_line(metrics, len(y_true)))


def summary_line(metrics: dict[str, Any], n_rows: int) -> str:
    """Return one line: the first metric with its interval, and the dummy's."""
    name = next(iter(metrics["metrics"]))
    low, high = metrics["intervals"][name]
    return (
        f"{n_rows:,} rows of test: {name} {metrics['metrics'][name]:.4f}, "
        f"95 % interval {low:.4f} to {high:.4f}; the dummy's {metrics['baseline'][name]:.4f}"
    )


if __name__ == "__main__":
    run("evaluate", main)
