"""What the pipeline needs to know of a kind of model: one abstract class, and what a training is given."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from lockstep.core.errors import ConfigError
from lockstep.core.schema import TASKS, Config
from lockstep.models.parameters import Rule
from lockstep.models.rows import Rows, cut

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

# Called with step, train loss and valid loss; a False stops a training that can be stopped.
Log = Callable[[int, float, float], bool | None]
# Fits one configuration on data that trials share; returns the predictions of valid.
Trainer = Callable[[Config, Log], "np.ndarray"]


@dataclass(frozen=True)
class TrainingData:
    """Training and validation rows in memory, for a search, which fits many models on them.

    The targets are as the model is fitted on them; row_weights(name) gives the weight of each training
    row for a value of model.class_weights.
    """

    features: "pd.DataFrame"
    target: "np.ndarray"
    valid_features: "pd.DataFrame"
    valid_target: "np.ndarray"
    row_weights: Callable[[str], "np.ndarray"]

    def train_rows(self, class_weights: str) -> Rows:
        """Return the training rows, weighted."""
        return cut(self.features, self.target, self.row_weights(class_weights))

    def valid_rows(self) -> Rows:
        """Return the validation rows, each of weight one."""
        import numpy as np

        weights = np.broadcast_to(np.float64(1), len(self.valid_target))
        return cut(self.valid_features, self.valid_target, weights)


class ModelKind(ABC):
    """One kind of model: everything that the pipeline knows of it.

    To add a kind: one subclass in components/models/NAME.py, one file in conf/model/ (docs/extending.md).
    """

    name: ClassVar[str]  # as model.kind names it
    tasks: ClassVar[tuple[str, ...]] = TASKS
    parameters: ClassVar[Mapping[str, Rule]]  # of model.params, by the library's own names
    required: ClassVar[tuple[str, ...]] = ()  # parameters that must be given
    steps_parameter: ClassVar[str | None] = None  # the parameter that limits the number of steps
    search_space: ClassVar[Mapping[str, Mapping[str, Any]]] = {}  # as conf/search/ writes it
    file_name: ClassVar[str]  # of the model in a bundle
    packages: ClassVar[tuple[str, ...]]  # distributions whose versions can change a model
    library: ClassVar[str]  # the module to import; the library's name on a model card
    extra: ClassVar[str | None] = (
        None  # of pyproject.toml, where the library is not always installed
    )
    supports_gpu: ClassVar[bool] = False
    supports_cluster: ClassVar[bool] = False  # whether several workers can train one model
    stops_at_a_step: ClassVar[bool] = False  # whether a False of the log ends the training
    dtype: ClassVar[str] = "float64"  # of numeric features

    @abstractmethod
    def fit(
        self, config: Config, train: Rows, valid: Rows, snapshot: str, log: Log
    ) -> tuple[Any, int]:
        """Fit on train, stopping early on valid.

        Parameters
        ----------
        snapshot : str
            Name of this training's data and parameters, under which a kind may keep its progress.
        log : callable
            Called with (step, train loss, valid loss), while it trains where the library allows.

        Returns
        -------
        tuple
            The fitted model and its best iteration, 0 for a kind without steps.

        Raises
        ------
        ConfigError
            With the library's own words where it refuses a parameter.
        """

    @abstractmethod
    def predict(self, model: Any, features: "pd.DataFrame", task: str) -> "np.ndarray":
        """Return P(positive), shape (n,); class probabilities, shape (n, k); or values, shape (n,)."""

    @abstractmethod
    def save(self, model: Any, path: Path) -> None:
        """Write the model; two equal models give equal bytes."""

    @abstractmethod
    def load(self, path: Path) -> Any:
        """Read a model without executing anything. Raises DataError where it is not one of ours."""

    def trainer(self, config: Config, data: TrainingData) -> Trainer:
        """Return what fits one trial of a search and predicts valid; a kind may share work over trials."""

        def fit_trial(trial: Config, log: Log) -> "np.ndarray":
            train, valid = data.train_rows(trial.model.class_weights), data.valid_rows()
            model, _ = self.fit(trial, train, valid, "", log)
            return self.predict(model, data.valid_features, trial.dataset.task)

        return fit_trial

    @property
    def is_installed(self) -> bool:
        """Whether the kind's library is installed."""
        return self.extra is None or find_spec(self.library) is not None

    def require_installed(self) -> None:
        """Raise ConfigError that names the extra where the kind's library is not installed."""
        if not self.is_installed:
            raise ConfigError(
                f"model.kind is {self.name!r}, which needs the package {self.library}; install the "
                f"extra {self.extra} of pyproject.toml, or choose another model"
            )

    def steps(self, params: Mapping[str, Any]) -> int | None:
        """Return the number of steps that the parameters ask for; None where they do not say."""
        return params.get(self.steps_parameter) if self.steps_parameter else None
