"""The summary of a retraining has its numbers; a title stays short; each run adds a line to the history."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lockstep.automation.retrain_summary import FOLDER, message, summary, title, write_record

RECORD: dict[str, Any] = {
    "decision": "promoted",
    "version": "v1.1.0",
    "verdict": "pass",
    "metric": "log_loss",
    "value": 0.31234567,
    "news": [{"path": "data/raw/x/2013-05.csv", "rows_before": None, "rows": 1500}],
    "drift": {"share": 0.25, "columns": ["wind"]},
    "reasons": [],
    "champion": {
        "version": "v1.0.0",
        "value": 0.32,
        "difference": -0.00765433,
        "interval": [-0.01, -0.005],
    },
}


def test_the_summary_has_the_rows_the_metric_the_champion_and_the_decision() -> None:
    assert summary(RECORD).splitlines() == [
        "new: data/raw/x/2013-05.csv: 0 rows before, 1,500 now",
        "log_loss of test 0.31235; 25% of the columns have drifted",
        "champion v1.0.0 there 0.32000; the difference is -0.00765, 95 % interval -0.01000 to -0.00500",
        "verdict: pass",
        "promoted v1.1.0",
    ]
    refused = {**RECORD, "champion": None, "reasons": ["rmse 9, not <= 3"], "verdict": "fail"}
    assert "  rmse 9, not <= 3" in summary(refused) and "champion v" not in summary(refused)
    assert summary({"news": [], "decision": "nothing new"}) == "new: nothing\nnothing new"


def test_a_title_counts_the_files_and_the_message_names_them() -> None:
    assert title(RECORD) == "Retrain: pass, log_loss 0.3123 with 1 raw file"
    assert message(RECORD).splitlines() == [
        title(RECORD),
        "",
        "- data/raw/x/2013-05.csv: 0 rows before, 1,500 now",
    ]
    many = {**RECORD, "news": RECORD["news"] * 30}
    assert title(many) == "Retrain: pass, log_loss 0.3123 with 30 raw files"
    assert message(many).count("2013-05") == 20 and message(many).endswith("- and 10 more")
    assert message({**RECORD, "news": []}) == title({**RECORD, "news": []})
    assert title({**RECORD, "news": []}) == "Retrain: pass, log_loss 0.3123"


@pytest.mark.parametrize(
    "name",
    [
        "[skip ci].csv",
        "closes #1.csv",
        "fixes GH-1.csv",
        "a.csv\n\nSigned-off-by: me <me@host>",
        "a\r\nskip-checks: true",
        "@everyone\x1b[31m\u202e.csv",
        "closes https://github.com/o/r/issues/1",
    ],
)
def test_the_name_of_a_file_does_nothing_in_a_message(name: str) -> None:
    record = {**RECORD, "news": [{"path": name, "rows_before": 1, "rows": 2}]}
    first, empty, line = message(record).split("\n")
    assert first == "Retrain: pass, log_loss 0.3123 with 1 raw file" and not empty
    assert re.fullmatch(r"- [\w./%-]+: 1 rows before, 2 now", line) and line.isprintable()


def test_a_record_is_the_last_run_and_the_history_has_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_record({"decision": "failed"}, 1.26)
    write_record(RECORD, 2.0)
    last = json.loads((FOLDER / "record.json").read_text(encoding="utf-8"))
    lines = (FOLDER / "history.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["decision"] for line in lines] == ["failed", "promoted"]
    assert json.loads(lines[1]) == last and json.loads(lines[0])["seconds"] == 1.3
    assert last["finished"].endswith("+00:00")
