"""The steps of a training: a snapshot's name, the dummy's prediction, what is said of each feature."""

from pathlib import Path

import numpy as np
import pytest

from lockstep.training.fitting import dummy_prediction, snapshot_name
from template.tests.support.models import configured


def test_another_parameter_seed_or_file_is_another_snapshot(tmp_path: Path) -> None:
    rows = tmp_path / "rows.parquet"
    rows.write_bytes(b"rows")
    config = configured("catboost", "binary")
    names = [snapshot_name(config, [rows])]
    config.seed += 1
    names.append(snapshot_name(config, [rows]))
    config.model.params["depth"] = 4
    names.append(snapshot_name(config, [rows]))
    rows.write_bytes(b"other rows")
    names.append(snapshot_name(config, [rows]))
    assert len(set(names)) == len(names)
    assert snapshot_name(config, [rows]) == names[-1]


@pytest.mark.parametrize(
    ("task", "y_true", "expected"),
    [
        ("binary", [0, 1, 1, 1], [0.75]),
        ("regression", [1.0, 2.0], [1.5]),
        ("multiclass", [0, 2, 2, 1], [0.25, 0.25, 0.5]),
    ],
)
def test_the_dummy_predicts_mean_or_shares(
    task: str, y_true: list[float], expected: list[float]
) -> None:
    assert dummy_prediction(np.array(y_true), task) == expected
