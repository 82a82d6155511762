"""The owner's metrics in components/metrics/, called with what their second parameter names."""

from collections.abc import Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

from lockstep.core.components import OwnFunction, load_function
from lockstep.core.errors import DataError
from lockstep.core.own_metrics import FOLDER, metric_contract

if TYPE_CHECKING:
    import numpy as np

OwnMetrics = Sequence[OwnFunction]


def load_metrics(metrics: Mapping[str, Any]) -> list[OwnFunction]:
    """Return the metrics of dataset.metrics, imported, with their settings.

    Raises a LockstepError that names the file which is missing or broken.
    """
    return [
        load_function(FOLDER, name, settings, metric_contract(name))
        for name, settings in metrics.items()
    ]


def predicted(task: str, y_prob: "np.ndarray", threshold: float) -> "np.ndarray":
    """Return what a metric of y_pred is given: 0 or 1 at the threshold, class indices, or values."""
    if task == "regression":
        return y_prob
    result: np.ndarray = (
        (y_prob >= threshold).astype("int64") if task == "binary" else y_prob.argmax(axis=1)
    )
    return result


def metric_value(
    metric: OwnFunction,
    y_true: "np.ndarray",
    y_prob: "np.ndarray",
    y_pred: "np.ndarray",
    weights: "np.ndarray",
) -> float:
    """Return the value of one metric; NaN where it is not defined.

    Raises DataError that names the file where it returns anything but one finite number or NaN.
    """
    value = metric(y_true, y_prob, y_pred, weights)
    number = value.item() if getattr(value, "shape", None) == () else value
    if isinstance(number, bool) or not isinstance(number, Real) or abs(number) == float("inf"):
        shown = " ".join(repr(value).split())
        raise DataError(
            f"{metric.file.as_posix()}: {metric.name}() returned {shown[:80]}; expected one finite number, "
            "or NaN where it is not defined"
        )
    return float(number)


def metric_values(
    metrics: OwnMetrics,
    y_true: "np.ndarray",
    y_prob: "np.ndarray",
    y_pred: "np.ndarray",
    weights: "np.ndarray",
) -> dict[str, float]:
    """Return the value of each metric by its name."""
    return {
        metric.name: metric_value(metric, y_true, y_prob, y_pred, weights) for metric in metrics
    }
