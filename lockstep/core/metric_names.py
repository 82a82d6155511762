"""Lockstep's own metrics of each task, by name, and which of them are better when lower."""

from collections.abc import Iterable

METRICS = {
    "binary": (
        "log_loss",
        "roc_auc",
        "average_precision",
        "brier",
        "calibration_error",
        "precision",
        "recall",
        "f1",
    ),
    "multiclass": ("log_loss", "macro_f1", "accuracy", "ovr_auc"),
    "regression": ("rmse", "mae", "median_absolute_error", "r2"),
}
LOWER_IS_BETTER = frozenset(
    {"log_loss", "brier", "calibration_error", "rmse", "mae", "median_absolute_error"}
)
ALL_METRICS = frozenset(name for names in METRICS.values() for name in names)


def metric_names(task: str, own: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the metrics of a task: Lockstep's, then the owner's (the keys of dataset.metrics)."""
    return (*METRICS[task], *own)
