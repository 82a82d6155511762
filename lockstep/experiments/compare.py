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

from lockstep.core.files import write_json, write_text
from lockstep.core.metric_names import LOWER_IS_BETTER
from lockstep.evaluation.comparison import compare
from lockstep.experiments.revision import WORKSPACE, described

Record = dict[str, Any]
SHOWN = 8  # slices


def cells(found: Record) -> list[tuple[str, list[str], list[list[str]]]]:
    """Every table: its title, columns and rows, as text."""
    metrics = [
        [
            f"{name} ({'lower' if name in LOWER_IS_BETTER else 'higher'} is better)",
            f"{one['old']:.5f}",
            f"{one['new']:.5f}",
            f"{one['difference']:+.5f}",
            f"{one['interval'][0]:+.5f} to {one['interval'][1]:+.5f}",
            one["verdict"],
        ]
        for name, one in found["metrics"].items()
    ]
    parameters = [[one["name"], str(one["old"]), str(one["new"])] for one in found["parameters"]]
    data = [
        [
            one["path"],
            *(("absent" if n is None else f"{n:,}") for n in (one["old_rows"], one["new_rows"])),
        ]
        for one in found["data"]
    ]
    slices = [
        [
            one["slice"],
            f"{one['rows']:,}",
            f"{one['old']:.5f}",
            f"{one['new']:.5f}",
            f"{one['difference']:+.5f}",
        ]
        for one in found["slices"][:SHOWN]
    ]
    a, b = found["old"]["name"], found["new"]["name"]
    return [
        ("Metrics", ["metric", a, b, "difference", "95 % interval", "verdict"], metrics),
        ("Parameters that differ", ["parameter", a, b], parameters),
        ("Raw files that differ, by rows", ["file", a, b], data),
        (
            f"Slices whose {found['slice_metric']} moved most",
            ["slice", "rows", a, b, "difference"],
            slices,
        ),
    ]


def heading(found: Record) -> str:
    """Which two, on how many rows."""
    sides = [
        f"{one['name']}" + (f" ({one['commit'][:8]})" if one["commit"] != one["name"] else "")
        for one in (found["old"], found["new"])
    ]
    verdicts = f"gates: {found['old']['verdict']} and {found['new']['verdict']}"
    return f"{sides[0]} against {sides[1]} on {found['rows']:,} test rows; {verdicts}"


def plain(found: Record) -> str:
    """For a terminal."""
    lines = [heading(found), *(f"note: {note}" for note in found["notes"])]
    for title, columns, rows in cells(found):
        if rows:
            widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
            lines += ["", title]
            lines += [
                "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
                for row in [columns, *rows]
            ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def table_lines(columns: list[str], rows: list[list[str]]) -> list[str]:
    """A table in Markdown, a line a row."""
    table = [columns, ["---"] * len(columns), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table]


def markdown(found: Record) -> str:
    """For a pull request."""
    lines = [heading(found), "", *(f"> {note}\n" for note in found["notes"])]
    for title, columns, rows in cells(found):
        if rows:
            lines += [f"### {title}", "", *table_lines(columns, rows)]
            lines.append("")
    return "\n".join(lines)


def main() -> None:
    """Find both, compare, show."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("old", metavar="A")
    parser.add_argument("new", metavar="B", nargs="?", default=WORKSPACE)
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables there too")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there too")
    given = parser.parse_args()
    root = Path.cwd()
    found = compare(described(root, given.old), described(root, given.new))
    print(plain(found), end="")
    if given.markdown:
        write_text(given.markdown, markdown(found))
    if given.json:
        write_json(given.json, found)
