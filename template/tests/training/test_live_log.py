"""Values are in their files as they are logged; an earlier run's rows are gone."""

import json
from pathlib import Path

from lockstep.training.live_log import LiveLog


def test_each_name_has_a_file_and_the_summary_nests_the_last_values(tmp_path: Path) -> None:
    live = LiveLog(tmp_path / "live")
    for step in range(2):
        live.write("train/loss", 0.5 - step / 10, step=step)
        live.write("valid/loss", 0.25, step=step)
        live.summarize(step)
    rows = (tmp_path / "live/plots/metrics/train/loss.tsv").read_text(encoding="utf-8")
    assert rows == "step\tloss\n0\t0.5\n1\t0.4\n"
    summary = json.loads((tmp_path / "live/metrics.json").read_text(encoding="utf-8"))
    assert summary == {"train": {"loss": 0.4}, "valid": {"loss": 0.25}, "step": 1}


def test_a_new_log_begins_with_an_empty_folder(tmp_path: Path) -> None:
    LiveLog(tmp_path).write("train/loss", 1.0, step=0)
    LiveLog(tmp_path).write("valid/loss", 2.0, step=0)
    assert not (tmp_path / "plots/metrics/train").exists()
