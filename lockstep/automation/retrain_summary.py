"""The summary of a retraining for a person, and where its record is written."""

import datetime
import json
from pathlib import Path
from typing import Any

from lockstep.core.files import write_json

FOLDER = Path("reports/retrain")
Record = dict[str, Any]


def write_record(record: Record, seconds: float) -> None:
    """Write record.json, and add a line to history.jsonl."""
    finished = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    record = {**record, "finished": finished, "seconds": round(seconds, 1)}
    write_json(FOLDER / "record.json", record)
    with (FOLDER / "history.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def title(record: Record, max_length: int = 100) -> str:
    """Return one line for a commit and a pull request."""
    start = f"Retrain: {record['verdict']}, {record['metric']} {record['value']:.4f}"
    files = ", ".join(Path(file["path"]).name for file in record["news"])
    whole = f"{start} with {files}" if files else start
    if len(whole) <= max_length:
        return whole
    return f"{start} with {len(record['news'])} raw files"


def result_lines(record: Record) -> list[str]:
    """Return the lines on the metric, the champion and the verdict."""
    lines = [
        f"{record['metric']} of test {record['value']:.5f}; {record['drift']['share']:.0%} of the "
        "columns have drifted"
    ]
    champion = record["champion"]
    if champion:
        low, high = champion["interval"]
        lines.append(
            f"champion {champion['version']} there {champion['value']:.5f}; the difference is "
            f"{champion['difference']:+.5f}, 95 % interval {low:+.5f} to {high:+.5f}"
        )
    return [*lines, f"verdict: {record['verdict']}", *(f"  {r}" for r in record["reasons"])]


def summary(record: Record) -> str:
    """Return the summary that a person reads, a short paragraph."""
    files = [
        f"{file['path']}: {file['rows_before'] or 0:,} rows before, {file['rows'] or 0:,} now"
        for file in record["news"]
    ]
    lines = ["new: " + (files[0] if files else "nothing"), *(f"     {file}" for file in files[1:])]
    if "verdict" in record:
        lines += result_lines(record)
    place = record.get("url") or record.get("version") or record.get("branch") or ""
    return "\n".join([*lines, f"{record['decision']} {place}".strip()])
