"""The learning curve is written step by step, as DVC's plots read it."""

import csv
import json
from pathlib import Path

from lockstep.training.learning_curve import learning_curve


def test_each_step_has_the_loss_on_train_and_valid(tmp_path: Path) -> None:
    with learning_curve(tmp_path, 3) as log:
        for step in range(3):
            log(step, 0.5 - step / 10, 0.6 - step / 10)
            rows = (tmp_path / "plots/metrics/valid/loss.tsv").read_text(encoding="utf-8")
            assert len(rows.splitlines()) == step + 2, "written while training runs"
    for split, first in (("train", 0.5), ("valid", 0.6)):
        path = tmp_path / f"plots/metrics/{split}/loss.tsv"
        with path.open(encoding="utf-8", newline="") as stream:
            rows_of_split = list(csv.DictReader(stream, delimiter="\t"))
        assert [int(row["step"]) for row in rows_of_split] == [0, 1, 2]
        assert float(rows_of_split[0]["loss"]) == first
    summary = json.loads((tmp_path / "metrics.json").read_text(encoding="utf-8"))
    assert summary["step"] == 2 and not (tmp_path / "dvc.yaml").exists()
