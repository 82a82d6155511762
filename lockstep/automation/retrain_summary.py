"""The summary of a retraining for a person, and where its record is written."""

import datetime
import json
from pathlib import Path
from typing import Any

from lockstep.core.escaping import git_name
from lockstep.core.files import write_json

FOLDER = Path("reports/retrain")
MAX_FILES = 20  # named in a commit's message
Record = dict[str, Any]


def write_record(record: Record, seconds: float) -> None:
    """Write record.json, and add a line to history.jsonl."""
    finished = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    record = {**record, "finished": finished, "seconds": round(seconds, 1)}
    write_json(FOLDER / "record.json", record)
    with (FOLDER / "history.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(record, ensure_ascii=False) + "\n")


def title(record: Record) -> str:
    """Return one line for a commit and a pull request: our words and counts, no name from outside."""
    n_files = len(record["news"])
    files = f" with {n_files} raw file{'s' * (n_files != 1)}" if n_files else ""
    return f"Retrain: {record['verdict']}, {record['metric']} {record['value']:.4f}{files}"


def message(record: Record) -> str:
    """Return a commit's message: the title, then by name the raw files that are new, changed or gone."""
    news = record["news"]
    lines = [
        f"- {git_name(file['path'])}: {file['rows_before'] or 0:,} rows before, {file['rows'] or 0:,} now"
        for file in news[:MAX_FILES]
    ]
    if len(news) > MAX_FILES:
        lines.append(f"- and {len(news) - MAX_FILES:,} more")
    return "\n\n".join([title(record), "\n".join(lines)]) if lines else title(record)


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
