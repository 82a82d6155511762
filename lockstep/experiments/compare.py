"""Compare the models of two revisions on the same test rows: which differences are real, and what changed.

A and B are Git revisions, names of experiments, versions (v1.2.0) or `workspace`; B is workspace if left
out. Each difference is B less A with its 95 % interval, from a bootstrap that draws the same rows for both;
better and worse follow the metric's direction. Exits 1 only where the two cannot be compared.

Examples:
  python -m lockstep compare HEAD
  python -m lockstep compare main shore-gaby --markdown difference.md
  python -m lockstep compare v1.0.0 v1.1.0 --json difference.json
"""

import argparse
from pathlib import Path
from typing import Any

from lockstep.core.escaping import SENTENCE_LENGTH, markdown_code, terminal_text
from lockstep.core.files import write_json, write_text
from lockstep.core.formatting import (
    Figure,
    Formatted,
    Outside,
    Table,
    count,
    interval,
    markdown_table,
    number,
    signed,
    text_table,
)
from lockstep.core.own_metrics import direction_remark
from lockstep.evaluation.comparison import compare
from lockstep.experiments.revision import WORKSPACE, described

Comparison = dict[str, Any]  # of evaluation.comparison.compare
DECIMALS = 5
MAX_SLICES = 8
ABSENT = Figure("absent")


def metric_table(comparison: Comparison, sides: list[str]) -> Table:
    """Return each metric with the interval of its difference; sides are the heads of the two."""
    rows = [
        [
            f"{name} ({direction_remark(name)})",
            number(pair["old"], DECIMALS),
            number(pair["new"], DECIMALS),
            signed(pair["difference"], DECIMALS),
            interval(*pair["interval"], decimals=DECIMALS, sign=True),
            Formatted(pair["verdict"]),
        ]
        for name, pair in comparison["metrics"].items()
    ]
    return Table(["metric", *sides, "difference", "95 % interval", "verdict"], rows, "Metrics")


def parameter_table(comparison: Comparison, sides: list[str]) -> Table:
    """Return the parameters that differ."""
    rows = [
        [entry["name"], str(entry["old"]), str(entry["new"])] for entry in comparison["parameters"]
    ]
    return Table(["parameter", *sides], rows, "Parameters that differ")


def raw_file_table(comparison: Comparison, sides: list[str]) -> Table:
    """Return the raw files that differ, with their rows."""
    rows = [
        [
            entry["path"],
            *(ABSENT if n is None else count(n) for n in (entry["old_rows"], entry["new_rows"])),
        ]
        for entry in comparison["data"]
    ]
    return Table(["file", *sides], rows, "Raw files that differ, by rows")


def slice_table(comparison: Comparison, sides: list[str]) -> Table:
    """Return the slices whose metric moved most."""
    rows = [
        [
            entry["slice"],
            count(entry["rows"]),
            number(entry["old"], DECIMALS),
            number(entry["new"], DECIMALS),
            signed(entry["difference"], DECIMALS),
        ]
        for entry in comparison["slices"][:MAX_SLICES]
    ]
    metric = comparison["slice_metric"]
    title = f"Slices whose {metric if metric in comparison['metrics'] else 'metric'} moved most"
    return Table(["slice", "rows", *sides, "difference"], rows, title)


def tables(comparison: Comparison) -> list[Table]:
    """Return every table that has rows."""
    sides: list[str] = [Outside(comparison[side]["name"]) for side in ("old", "new")]
    every = [
        metric_table(comparison, sides),
        parameter_table(comparison, sides),
        raw_file_table(comparison, sides),
        slice_table(comparison, sides),
    ]
    return [table for table in every if table.rows]


def heading(comparison: Comparison) -> str:
    """Return which two were compared, on how many rows."""
    old, new = comparison["old"], comparison["new"]
    names = [
        f"{side['name']}" + (f" ({side['commit'][:8]})" if side["commit"] != side["name"] else "")
        for side in (old, new)
    ]
    return (
        f"{names[0]} against {names[1]} on {count(comparison['rows'])} test rows; "
        f"gates: {old['verdict']} and {new['verdict']}"
    )


def text_report(comparison: Comparison) -> str:
    """Return the comparison for a terminal."""
    lines = [heading(comparison), *(f"note: {note}" for note in comparison["notes"])]
    text = "".join(f"{terminal_text(line)}\n" for line in lines)
    for table in tables(comparison):
        text += f"\n{terminal_text(table.title)}\n{text_table(table, indent='  ')}"
    return text


def markdown_report(comparison: Comparison) -> str:
    """Return the comparison for a pull request."""
    blocks = [str(markdown_code(heading(comparison), SENTENCE_LENGTH))]
    blocks += [f"> {markdown_code(note, SENTENCE_LENGTH)}" for note in comparison["notes"]]
    blocks += [f"### {table.title}\n\n{markdown_table(table)}" for table in tables(comparison)]
    return "\n\n".join(blocks) + "\n"


def main() -> None:
    """Read both revisions, compare them, print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("old", metavar="A")
    parser.add_argument("new", metavar="B", nargs="?", default=WORKSPACE)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables there too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there too")
    options = parser.parse_args()
    root = Path.cwd()
    comparison = compare(described(root, options.old), described(root, options.new))
    print(text_report(comparison), end="")
    if options.markdown:
        write_text(options.markdown, markdown_report(comparison))
    if options.json:
        write_json(options.json, comparison)
