"""The owner's metrics in components/metrics/: their contract, and the direction of every metric."""

import functools
from pathlib import Path

from lockstep.core.components import (
    FunctionContract,
    check_settings,
    component_file,
    read_function,
    refuse_builtin_names,
    require_component,
)
from lockstep.core.config_checks import CRITERIA, one_of
from lockstep.core.errors import ConfigError
from lockstep.core.metric_names import ALL_METRICS, LOWER_IS_BETTER
from lockstep.core.schema import TASKS, Config

FOLDER = Path("components/metrics")


def metric_contract(name: str) -> FunctionContract:
    """Return the contract of components/metrics/NAME.py, without importing it. Raises ConfigError."""
    path = component_file(FOLDER, name)
    return _contract(name, path, path.stat().st_mtime_ns if path else 0)


@functools.cache
def _contract(name: str, path: Path | None, modified: int) -> FunctionContract:
    """Return the contract; read again only when the file changed."""
    contract = read_function(FOLDER, name, third="required")
    tasks, is_lower = (contract.constants.get(key) for key in ("TASKS", "LOWER_IS_BETTER"))
    if not (isinstance(tasks, tuple) and tasks and set(tasks) <= set(TASKS)):
        allowed = f"a tuple of {', '.join(TASKS)}"
        raise ConfigError(f"{contract.file}: TASKS is {tasks!r}; allowed: {allowed}, as a literal")
    if not isinstance(is_lower, bool):
        raise ConfigError(f"{contract.file}: LOWER_IS_BETTER is {is_lower!r}; allowed: True, False")
    return contract


def is_lower_better(name: str) -> bool:
    """Return whether a lower value of a metric is better; of the owner's metric, as its file says.

    Raises ConfigError for a name that is neither Lockstep's nor a file of components/metrics/.
    """
    if name in ALL_METRICS:
        return name in LOWER_IS_BETTER
    return bool(metric_contract(name).constants["LOWER_IS_BETTER"])


def better_direction(name: str) -> str:
    """Return lower or higher, whichever is better for a metric; unknown for one that is not in this checkout.

    A page or a review may show a metric of another commit.
    """
    try:
        return "lower" if is_lower_better(name) else "higher"
    except ConfigError:
        return "unknown"


def direction_remark(name: str) -> str:
    """Return which direction of a metric is better, as a remark beside its name."""
    direction = better_direction(name)
    return "direction unknown" if direction == "unknown" else f"{direction} is better"


def check_metrics(config: Config) -> None:
    """Raise ConfigError for the first of dataset.metrics that does not fit this task and these settings."""
    refuse_builtin_names(FOLDER, (*ALL_METRICS, *CRITERIA), "metric")
    dataset = config.dataset
    for name, settings in dataset.metrics.items():
        require_component("dataset.metrics", FOLDER, name)
        contract = metric_contract(name)
        one_of(f"dataset.task (for the metric {name})", dataset.task, contract.constants["TASKS"])
        check_settings(f"dataset.metrics.{name}", settings, contract)
    criterion = config.model.threshold
    if criterion in dataset.metrics and metric_contract(criterion).prediction != "y_pred":
        raise ConfigError(
            f"model.threshold is {criterion!r}, which takes y_prob and so does not depend on a threshold; "
            f"allowed: {', '.join(CRITERIA)}, or a metric that takes y_pred"
        )
