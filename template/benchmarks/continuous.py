"""Replay 2013 for a retraining that decides by itself: a month of flights arrives at a time.

Usage: python -m template.benchmarks.continuous [--output template/docs/automation] [--until 2013-12]

Works in a clean clone of the last commit. It starts with January to March: January is train, February valid,
March test, and that model is promoted. Then each month is put into the raw folder and
`python -m lockstep retrain policy=promote` is run. The table has the losses of the champion in force, the
challenger and the first champion (frozen) on the new month, what was decided and what it cost; record.json
holds the same without seconds, and is the same on every run. Exits 1 if a decision is not what the losses'
interval says.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lockstep.core.config import load_config
from lockstep.core.files import write_json, write_text

RAW, START = Path("data/raw/flights"), "2013-03"
FROZEN = """
import json
from pathlib import Path
from lockstep.registry import champion, versions
from lockstep.core.config import load_config
config = load_config()
frozen = versions.bundle_of("v1.0.0")
differences = champion.compare_with_champion(frozen, config.dataset.key, config.seed)
print(json.dumps(differences["log_loss"]))
"""
Record = dict[str, Any]


def run(clone: Path, *command: str) -> str:
    """What a command that must succeed prints."""
    done = subprocess.run(command, cwd=clone, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def begin(clone: Path, held: Path) -> list[str]:
    """The repository as it is in March, its model promoted; the months that are still to come."""
    run(clone.parent, "git", "clone", "-q", str(Path.cwd()), str(clone))
    held.mkdir()
    later = sorted(
        path for path in (clone / RAW).glob("*-2013-*.parquet") if path.stem[-7:] > START
    )
    for path in later:
        path.rename(held / path.name)
    conf = clone / "conf/dataset/flights.yaml"
    conf.write_text(re.sub(r"\n  not_before:.*", "", conf.read_text("utf-8")), encoding="utf-8")
    split = clone / "conf/split/temporal.yaml"
    text = split.read_text("utf-8").replace("until: 2013-08", "until: 2013-01")
    split.write_text(text.replace("until: 2013-09", "until: 2013-02"), encoding="utf-8")
    run(clone, "dvc", "repro", "-q")
    run(clone, "git", "add", "-A")
    run(clone, "git", "commit", "-qm", "March")
    run(clone, sys.executable, "-m", "lockstep", "promote", "--yes", "--reason", "the first")
    return sorted({path.stem[-7:] for path in later})


def month(clone: Path, held: Path, name: str) -> tuple[Record, float]:
    """Deliver a month and let retrain decide; its record, and seconds."""
    for path in held.glob(f"*-{name}.parquet"):
        path.rename(clone / RAW / path.name)
    start = time.perf_counter()
    command = [sys.executable, "-m", "lockstep", "retrain", "policy=promote"]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in (0, 3):
        sys.exit(f"{name}: {done.stderr}")
    told = json.loads((clone / "reports/retrain/record.json").read_text("utf-8"))
    frozen = json.loads(run(clone, sys.executable, "-c", FROZEN))
    gate = json.loads((clone / "metrics/gate.json").read_text("utf-8"))
    [check] = [one for one in gate["checks"] if one["name"] == "champion"]
    read = told["partitions"]
    return {
        "month": name,
        "rows": told["data"]["ingested"],
        "drifted": told["drift"]["columns"],
        "share": told["drift"]["share"],
        "champion": told["champion"]["version"],
        "champion_loss": told["champion"]["value"],
        "challenger_loss": told["value"],
        "worse_by": check["value"],
        "interval": check["interval"],
        "frozen_loss": frozen["old"],
        "against_frozen": frozen["interval"],
        "decision": told["decision"],
        "failed": [
            check["name"]
            for check in gate["checks"]
            if check["passed"] is False and check["severity"] == "fail"
        ],
        "made": {stage: one["made"] for stage, one in read.items()},
        "reused": {stage: one["reused"] for stage, one in read.items()},
    }, seconds


def wrong(one: Record, margin: float) -> bool:
    """Whether the decision is not what was measured.

    The champion's check must fail where all of the interval is beyond the margin and nowhere else; the
    model must be promoted where no check failed and nowhere else.
    """
    beyond = float(one["interval"][0]) > margin
    return ("champion" in one["failed"]) != beyond or (one["decision"] == "promoted") == bool(
        one["failed"]
    )


def table(records: list[Record], seconds: list[float]) -> str:
    """Markdown."""
    lines = [
        "| new month | drifted | champion | its loss | challenger | worse by (95 %) | frozen | decision "
        "| partitions made, reused | s |",
        "|" + "---|" * 10,
    ]
    for one, took in zip(records, seconds, strict=True):
        low, high = one["interval"]
        lines.append(
            f"| {one['month']} | {one['share']:.0%} | {one['champion']} | {one['champion_loss']:.4f} | "
            f"{one['challenger_loss']:.4f} | {one['worse_by']:+.4f} ({low:+.4f} to {high:+.4f}) | "
            f"{one['frozen_loss']:.4f} | {', '.join([one['decision'], *one['failed']])} | "
            f"{sum(one['made'].values())}, {sum(one['reused'].values())} | {took:.0f} |"
        )
    return "\n".join(lines) + "\n"


def picture(records: list[Record]) -> str:
    """The three losses by month as SVG; a refused challenger is hollow."""
    import vl_convert

    names = {
        "frozen_loss": "frozen in March",
        "champion_loss": "champion",
        "challenger_loss": "challenger",
    }
    rows = [
        {"month": one["month"], "model": said, "log loss": one[key], "decision": one["decision"]}
        for one in records
        for key, said in names.items()
    ]
    colour = {"field": "model", "type": "nominal", "title": None, "sort": list(names.values()),
              "scale": {"range": ["#9a9a9a", "#1f5fa8", "#d1661c"]}}  # fmt: skip
    x = {"field": "month", "type": "ordinal", "title": "the month that arrived"}
    y = {"field": "log loss", "type": "quantitative", "scale": {"zero": False}}
    hollow = {"condition": {"test": "datum.model == 'challenger' && datum.decision == 'refused'",
                            "value": 0}, "value": 1}  # fmt: skip
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": 560,
        "height": 260,
        "data": {"values": rows},
        "encoding": {"x": x, "y": y, "color": colour},
        "layer": [
            {"mark": {"type": "line"}},
            {"mark": {"type": "point", "filled": True, "size": 60, "strokeWidth": 2},
             "encoding": {"fillOpacity": hollow}},
        ],
    }  # fmt: skip
    drawn: str = vl_convert.vegalite_to_svg(spec)
    return drawn


def main() -> None:
    """Replay, check, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--output", type=Path, help="a folder for record.json, table.md and the picture"
    )
    parser.add_argument("--until", default="2013-12", help="the last month to deliver")
    given = parser.parse_args()
    records, seconds = [], []
    with tempfile.TemporaryDirectory() as folder:
        clone, held = Path(folder) / "clone", Path(folder) / "held"
        for name in begin(clone, held):
            if name > given.until:
                break
            one, took = month(clone, held, name)
            print(f"{name}: {one['decision']}, {took:.0f} s", file=sys.stderr, flush=True)
            records.append(one)
            seconds.append(took)
        margin = load_config(clone / "params.yaml").gate.champion_margin
    print(table(records, seconds), end="")
    if given.output:
        write_json(given.output / "record.json", records)
        write_text(given.output / "table.md", table(records, seconds))
        write_text(given.output / "losses.svg", picture(records))
    if lost := [one["month"] for one in records if wrong(one, margin)]:
        sys.exit(f"decided otherwise than the losses say: {', '.join(lost)}")


if __name__ == "__main__":
    main()
