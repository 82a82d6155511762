"""CatBoost: native categories, resumable from a snapshot, the same bytes for the same training."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ConfigError
from pipeline.schema import Config

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LOSS = {"binary": "Logloss", "multiclass": "MultiClass", "regression": "RMSE"}
# What a .cbm says of when and how it was trained, which would make two equal trainings differ.
VOLATILE = ("train_finish_time", "model_guid")


def fit(
    config: Config,
    train: tuple["pd.DataFrame", "np.ndarray", "np.ndarray"],
    valid: tuple["pd.DataFrame", "np.ndarray"],
    snapshot: str,
) -> tuple[Any, list[dict[str, float]], int]:
    """Fit, or go on from the snapshot of a training that was killed."""
    import catboost

    categorical = config.dataset.categorical
    features, target, weights = train
    pool = catboost.Pool(features, target, cat_features=categorical, weight=weights)
    folder = Path(".cache/snapshots")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{snapshot}.cbsnapshot"
    early = config.model.early_stopping_rounds
    try:
        model = catboost.CatBoost(
            {
                "loss_function": LOSS[config.dataset.task],
                **config.model.params,
                "random_seed": config.seed,
                "thread_count": config.engine.threads,
                "train_dir": str(folder / f"{snapshot}.info"),
                "save_snapshot": True,
                "snapshot_file": str(file.resolve()),
                "snapshot_interval": 5,
                **({"od_type": "Iter", "od_wait": early} if early else {}),
                "use_best_model": bool(early),
                "allow_const_label": True,
            }
        )
        model.fit(
            pool,
            eval_set=catboost.Pool(valid[0], valid[1], cat_features=categorical),
            verbose=50 if sys.stderr.isatty() else False,
        )
    except catboost.CatBoostError as error:
        raise ConfigError(f"model.params: CatBoost refuses: {error}") from error
    file.unlink(missing_ok=True)
    metric = LOSS[config.dataset.task]
    scores = model.get_evals_result()
    curve = [
        {"step": step, "train": one, "valid": other}
        for step, (one, other) in enumerate(
            zip(scores["learn"][metric], scores["validation"][metric], strict=True)
        )
    ]
    return model, curve, int(model.get_best_iteration())


def save(model: Any, path: Path) -> None:
    """Write the .cbm with everything volatile blanked."""
    metadata = model.get_metadata()
    for key in list(metadata.keys()):
        if key in VOLATILE:
            metadata[key] = ""
        elif key in ("params", "output_options"):
            del metadata[key]  # hold folders and the thread count; params.yaml has what matters
    model.save_model(str(path))


def load(path: Path) -> Any:
    """Read a .cbm; the format executes nothing."""
    import catboost

    return catboost.CatBoost().load_model(str(path))


def predict(model: Any, features: "pd.DataFrame", task: str) -> "np.ndarray":
    """P(positive), shape (n,); class probabilities, shape (n, k); or values, shape (n,)."""
    kind = "RawFormulaVal" if task == "regression" else "Probability"
    found: np.ndarray = model.predict(features, prediction_type=kind)
    return found[:, 1] if task == "binary" else found
