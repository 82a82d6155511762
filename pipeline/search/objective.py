"""One trial: train on data that was read and prepared once, and score valid as the stage train does."""

import dataclasses
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config.schema import Config
from pipeline.leakage import refuse_leaks, strengths
from pipeline.metrics import score
from pipeline.models import KINDS, Log, must_be_installed
from pipeline.models.rows import compact, cut
from pipeline.partitions import paths
from pipeline.reader import Reader, of_training, targets
from pipeline.stage.errors import ConfigError
from pipeline.target import class_weights, restored, transformed
from pipeline.threshold import choose

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SPLITS = Path("data/splits")
# With more rows CatBoost draws a sample to place its borders, another one in a training than in
# Pool.quantize; with categories a quantised Pool too may give another model than the stage train.
QUANTISED_ROWS = 200_000

Trainer = Callable[[Config, Log], "np.ndarray"]  # predictions of valid


@dataclasses.dataclass
class Data:
    """Training and validation rows with encoded targets; test is not read.

    target and watched are as the model is fitted on them, valid_target is in its own unit.
    """

    features: "pd.DataFrame"
    target: "np.ndarray"
    valid: "pd.DataFrame"
    watched: "np.ndarray"
    valid_target: "np.ndarray"


def read(config: Config, folder: Path = SPLITS) -> Data:
    """Read both partitions. Raises DataError as train does: no rows, a class unseen, a leak."""
    dataset = config.dataset
    train, valid = of_training(folder / "train", config), Reader(paths(folder / "valid"))
    y, classes = targets(train, dataset)
    y_valid, _ = targets(valid, dataset, classes)
    columns = train.columns(dataset.numeric, dataset.categorical)
    refuse_leaks(strengths(columns, y, dataset.task), dataset.leakage_limit)
    how = dataset.target_transform, dataset.target
    target, watched = (transformed(one, *how) for one in (y, y_valid))
    dtype = "float32" if KINDS[config.model.kind] == "catboost" else "float64"
    features, others = (
        compact(
            side.frames(dataset.numeric + dataset.categorical),
            side.rows,
            dataset.numeric,
            dataset.categorical,
            dtype,
        )
        for side in (train, valid)
    )
    return Data(features, target, others, watched, y_valid)


def catboost(data: Data) -> Trainer:
    """Trains on Pools that trials share, quantised where that changes no bit of the model."""
    from pipeline.models import catboost as library

    shared: dict[Any, tuple[Any, Any]] = {}
    plain: dict[str, tuple[Any, Any]] = {}

    def pools(config: Config) -> tuple[Any, Any]:
        kind, params = config.model.class_weights, config.model.params

        def fresh() -> tuple[Any, Any]:
            rows = (data.features, data.target, class_weights(data.target, kind))
            return library.pools(config, rows, (data.valid, data.watched))

        if (
            config.model.device == "gpu"
            or config.dataset.categorical
            or len(data.target) > QUANTISED_ROWS
        ):
            if kind not in plain:
                plain[kind] = fresh()
            return plain[kind]
        borders = {name: params[name] for name in ("border_count",) if name in params}
        key = (kind, *borders.values())
        if key not in shared:
            pool, watched = fresh()
            pool.quantize(random_seed=config.seed, **borders)
            with tempfile.TemporaryDirectory() as folder:
                file = str(Path(folder) / "borders")
                pool.save_quantization_borders(file)
                watched.quantize(input_borders=file)
            shared[key] = (pool, watched)
        return shared[key]

    def train(config: Config, log: Log) -> "np.ndarray":
        import catboost

        library.must_have_device(config.model.device)
        try:
            pool, watched = pools(config)
            files = {"allow_writing_files": False}
            model = library.boosted(config, pool, watched, files, log)
            return library.predicted(model, watched, config.dataset.task)
        except catboost.CatBoostError as error:
            raise ConfigError(f"CatBoost refuses: {error}") from error

    return train


def scikit(data: Data, config: Config) -> Trainer:
    """Trains on columns imputed and encoded once: that depends on nothing that a trial changes."""
    from pipeline.models import scikit as library

    prepare, _ = library.estimator(config)
    prepared, valid = prepare.fit_transform(data.features), prepare.transform(data.valid)

    def train(config: Config, log: Log) -> "np.ndarray":
        _, model = library.estimator(config)
        weights = class_weights(data.target, config.model.class_weights)
        rows = (prepared, data.target, weights)
        library.fitted(config, model, rows, (valid, data.watched), log)
        return library.predicted(model, valid, config.dataset.task)

    return train


def xgboost(data: Data, config: Config) -> Trainer:
    """Trains on compact matrices that trials share: one for each number of bins and kind of weights."""
    from pipeline.models import xgb as library
    from pipeline.models import xgb_matrix as matrix

    shared: dict[Any, tuple[Any, Any]] = {}

    def pieces(features: "pd.DataFrame", target: "np.ndarray", weigh: str = "none") -> Any:
        return matrix.in_pieces(cut(features, target, class_weights(target, weigh)))

    rows, watched = pieces(data.features, data.target), pieces(data.valid, data.watched)
    known = matrix.categories(rows, config.dataset.categorical)
    classes = library.class_count(data.target, config.dataset.task)
    valid = matrix.encoded(data.valid, known)

    def matrices(kind: str, how: matrix.How) -> tuple[Any, Any]:
        key = (kind, *(how.params.get(name) for name in matrix.MATRIX))
        if key not in shared:
            weighted = pieces(data.features, data.target, kind)
            train = matrix.compact(how, matrix.coded(weighted, known))
            shared[key] = (train, matrix.compact(how, matrix.coded(watched, known), train))
        return shared[key]

    def train(config: Config, log: Log) -> "np.ndarray":
        library.must_have_device(config.model.device)
        how = library.how_to(config, classes)
        model, _ = library.boosted(how, matrices(config.model.class_weights, how), log)
        return library.predicted(model, valid)

    return train


def trainer(config: Config, data: Data) -> Trainer:
    """What trains the configuration's kind on the data, prepared once.

    Raises ConfigError where the kind's library is not installed, or a cluster is to train together.
    """
    must_be_installed(config.model.kind)
    if config.model.workers:
        raise ConfigError(
            f"model.workers is {config.model.workers}; allowed: 0 in a search, whose trials are what "
            "runs at once (--jobs)"
        )
    library = KINDS[config.model.kind]
    if library == "catboost":
        return catboost(data)
    return xgboost(data, config) if library == "xgb" else scikit(data, config)


def metrics(config: Config, data: Data, train: Trainer, log: Log) -> dict[str, float]:
    """Valid's metrics of a configuration, equal to metrics/train.json's after train.

    Raises ConfigError where the library refuses its parameters.
    """
    task, y = config.dataset.task, data.valid_target
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of convergence: the metric tells
        p = restored(train(config, log), config.dataset.target_transform)
    threshold = choose(y, p, config.model.threshold) if task == "binary" else 0.5
    return score(task, y, p, threshold)
