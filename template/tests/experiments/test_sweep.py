"""An experiment of a sweep is compared with the workspace, or its row says why it cannot be."""

from typing import Any

import pandas as pd

from lockstep.experiments.sweep import experiment_row


def revision(name: str, depth: int, y_prob: list[float], ids: list[int]) -> dict[str, Any]:
    """Return a revision that predicted these rows."""
    frame = pd.DataFrame({"id": ids, "y": [0.0, 1.0] * (len(ids) // 2), "score": y_prob})
    return {
        "name": name,
        "commit": name,
        "params": {
            "seed": 1,
            "dataset": {"task": "binary", "key": ["id"]},
            "model": {"depth": depth},
            "gate": {"baseline_metric": {"binary": "log_loss"}},
        },
        "test": {"metrics": {"log_loss": 0.25}, "slices": []},
        "train": {"threshold": 0.5},
        "gate": {"verdict": "pass"},
        "lineage": {"raw": []},
        "predictions": frame,
    }


def test_the_row_has_the_parameters_that_differ_and_the_difference() -> None:
    ids = list(range(40))
    workspace = revision("workspace", 6, [0.4, 0.6] * 20, ids)
    row = experiment_row("log_loss", workspace, revision("deep", 8, [0.1, 0.9] * 20, ids))
    assert row[:3] == ["deep", "model.depth=8", "0.25000"]
    assert row[3].startswith("-0.4") and row[5:] == ["better", "pass"]


def test_rows_of_another_table_are_not_compared() -> None:
    workspace = revision("workspace", 6, [0.4, 0.6], [1, 2])
    row = experiment_row("log_loss", workspace, revision("other", 6, [0.4, 0.6], [8, 9]))
    assert row[3:5] == ["", ""] and "no test row in common" in row[5] and row[6] == "pass"
