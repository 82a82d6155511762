"""What one pass over test collects is the same however its rows are cut into partitions."""

from pathlib import Path

import numpy as np
import pandas as pd

from lockstep.evaluation.collected_rows import (
    CollectedRows,
    baseline_predictions,
    feature_importance,
    predict_partitions,
)
from lockstep.models.rows import Codes
from lockstep.training.feature_profile import Profile
from lockstep.training.reader import Reader
from template.tests.support.models import FEATURES, answer, configured, table, trained


def one_pass(folder: Path, n_partitions: int) -> tuple[pd.DataFrame, list[dict[str, object]]]:
    """Predict 90 rows in so many partitions; the predictions, and the importance of each feature."""
    folder.mkdir()
    frame = table(90, 9)
    frame = frame.assign(key=range(90), target=answer(frame, "binary").astype(str))
    paths = []
    for number, rows in enumerate(np.array_split(np.arange(90), n_partitions)):
        paths.append(folder / f"{number}.parquet")
        frame.iloc[rows].to_parquet(paths[-1], index=False)
    config = configured("linear", "binary")
    config.dataset.key, config.dataset.target = ["key"], "target"
    config.dataset.slices = ["colour"]
    model = trained(config, "")
    model.signature["classes"] = ["0", "1"]
    drawn = np.random.default_rng(1).permutation(90)[:40]
    collected = CollectedRows({"colour": Codes(90)}, importance_rows=np.sort(drawn))
    passes = predict_partitions(model, Profile({}, {}, {}), config, Reader(paths), collected)
    predictions = pd.concat(passes, ignore_index=True)
    assert predictions["key"].tolist() == list(range(90))
    np.testing.assert_array_equal(predictions["score"], model.predict(frame[FEATURES]))
    assert collected.slices["colour"].values().tolist() == frame["colour"].tolist()
    y_true = np.concatenate(collected.y_true)
    rng = np.random.default_rng(2)
    return predictions, feature_importance(model, collected, drawn, y_true, rng)


def test_predictions_and_importance_do_not_depend_on_partitions(tmp_path: Path) -> None:
    predictions, importance = one_pass(tmp_path / "one", 1)
    others, same_importance = one_pass(tmp_path / "three", 3)
    pd.testing.assert_frame_equal(predictions, others)
    assert importance == same_importance and len(importance) == len(FEATURES)


def test_the_dummy_predicts_the_same_for_each_row() -> None:
    model = trained(configured("linear", "binary"), "")
    assert baseline_predictions(model, np.zeros(3)).tolist() == [0.5, 0.5, 0.5]
