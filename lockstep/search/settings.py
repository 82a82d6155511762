"""The search's settings, conf/search/NAME.yaml, typed.

No stage depends on them: another sampler rebuilds nothing.
"""

from dataclasses import dataclass, field
from typing import Any

SAMPLERS = ("tpe", "random", "grid")
PRUNERS = ("none", "median", "successive_halving", "hyperband")
DIRECTIONS = ("minimize", "maximize")


@dataclass
class Dimension:
    """The values of one parameter: from low to high, or choices; the first trial takes `first`."""

    low: float | None = None
    high: float | None = None
    log: bool = False
    step: float | None = None
    choices: list[Any] | None = None
    first: Any = None  # if left out, the configuration's value


@dataclass
class Search:
    """How to search, and where."""

    sampler: str = "tpe"
    pruner: str = "median"
    trials: int = 30
    minutes: float | None = None  # no trial begins after them
    metric: str | None = None  # of valid; the task's first if left out
    direction: str | None = None  # the metric's own if left out
    storage_env: str = "OPTUNA_STORAGE"  # names the variable that holds the URL of a shared storage
    space: dict[str, Dimension] = field(default_factory=dict)
