"""What a retraining says at its end, and where it leaves its record."""

import datetime
import json
from pathlib import Path
from typing import Any

from lockstep.core.files import write_json

FOLDER = Path("reports/retrain")
Record = dict[str, Any]


def noted(told: Record, seconds: float) -> None:
    """Write record.json, and add a line to history.jsonl."""
    at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    told = {**told, "finished": at, "seconds": round(seconds, 1)}
    write_json(FOLDER / "record.json", told)
    with (FOLDER / "history.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(told, ensure_ascii=False) + "\n")


def title(told: Record, most: int = 100) -> str:
    """One line for a commit and a pull request."""
    start = f"Retrain: {told['verdict']}, {told['metric']} {told['value']:.4f}"
    files = ", ".join(Path(one["path"]).name for one in told["news"])
    whole = f"{start} with {files}" if files else start
    return whole if len(whole) <= most else f"{start} with {len(told['news'])} raw files"


def summary(told: Record) -> str:
    """What a person reads, in a few lines."""
    files = [f"{one['path']}: {one['rows_before'] or 0:,} rows before, {one['rows'] or 0:,} now"
             for one in told["news"]]  # fmt: skip
    lines = ["new: " + (files[0] if files else "nothing"), *(f"     {one}" for one in files[1:])]
    if "verdict" in told:
        lines.append(f"{told['metric']} of test {told['value']:.5f}; {told['drift']['share']:.0%} of the "
                     "columns have drifted")  # fmt: skip
        if told["champion"]:
            one = told["champion"]
            low, high = one["interval"]
            lines.append(f"champion {one['version']} there {one['value']:.5f}; the difference is "
                         f"{one['difference']:+.5f}, 95 % interval {low:+.5f} to {high:+.5f}")  # fmt: skip
        lines.append(f"verdict: {told['verdict']}")
        lines += [f"  {reason}" for reason in told["reasons"]]
    where = told.get("url") or told.get("version") or told.get("branch") or ""
    return "\n".join([*lines, f"{told['decision']} {where}".strip()])
