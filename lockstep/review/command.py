"""Tell a reviewer what a branch does to the model: report.md and pictures of base and head together.

Compared are two commits: head, and the one where it left base. Metrics come from Git, predictions from DVC's
cache or the remote. The report is the same for the same two commits, and fits into a comment of a pull
request on GitHub or GitLab. A comment cannot show pictures that lie nowhere, so the report names their files;
--images says under which address they will be found. A refused model is told and is no error: exits 1 only
where the commits cannot be read, or head lacks a metric that base has.

Examples:
  python -m lockstep review --base main
  python -m lockstep review --base origin/main --head HEAD --output reports/review
  python -m lockstep review --base main --images https://example.org/run/17 --link https://example.org/r.html
  python -m lockstep review --base main --dry-run
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError, LockstepError
from lockstep.core.files import write_text
from lockstep.repository.programs import shell
from lockstep.review import metric_changes, plots
from lockstep.review.changes import relevant
from lockstep.review.commit import described, periods, stages
from lockstep.review.document import MARK, composed, unaffected
from lockstep.review.history import changed, commit, merge_base
from lockstep.review.markdown import address

Record = dict[str, Any]


def say(text: str) -> None:
    """Progress, apart from the report."""
    print(text, file=sys.stderr, flush=True)


def parts(root: Path, base: Record, head: Record) -> list[dict[str, int] | None]:
    """Rows by ingested partition at both, looked up only where the raw data differ."""
    same = (base["lineage"] or {}).get("raw") == head["lineage"]["raw"]
    return [{}, {}] if same else [periods(root, side) for side in (base, head)]


def reviewed(root: Path, given: argparse.Namespace) -> tuple[str, dict[str, Record]]:
    """The report and the plots that go with it."""
    head = commit(root, given.head, "--head")
    base = merge_base(root, commit(root, given.base, "--base"), head)
    paths = changed(root, base, head)
    if not relevant(paths, [stages(root, base), stages(root, head)]):
        return unaffected(paths), {}
    old, new = described(root, base, whole=False), described(root, head, whole=True)
    lost = metric_changes.missing(old, new, given.dropped)
    if lost:
        raise DataError(
            f"{head[:12]} has no {lost[0]}, which {base[:12]} has; `dvc repro` and commit metrics/, or "
            f"--dropped {lost[0].split()[-1]} if it goes on purpose"
        )
    say(f"comparing {base[:12]} and {head[:12]} on test")
    compared = metric_changes.paired(root, old, new)
    drawn = plots.specs(old, new)
    rows = parts(root, old, new)
    text = composed(old, new, compared, paths, rows, list(drawn), given.images, given.link)
    return text, drawn


def writable(folder: Path) -> None:
    """Raise LockstepError where writing would destroy what is no review."""
    if folder.exists() and not folder.is_dir():
        raise LockstepError(f"--output {folder} is a file; expected a folder")
    file = folder / "report.md"
    if file.exists() and MARK not in file.read_text(encoding="utf-8", errors="replace"):
        raise LockstepError(f"{file} is no review and stays as it is; choose another --output")


def write(folder: Path, text: str, drawn: dict[str, Record]) -> None:
    """The pictures first, so that a report never names one that is not there; those of before go."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in plots.TITLES:
        if name not in drawn:
            (folder / f"{name}.png").unlink(missing_ok=True)
    for name, one in drawn.items():
        say(f"drawing {name}.png")
        beside = folder / f"{name}.png.part"
        beside.write_bytes(plots.png(name, one))
        os.replace(beside, folder / f"{name}.png")
    write_text(folder / "report.md", text)


def main() -> None:
    """Read both, compare, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", required=True, metavar="REV", help="what head will go into")
    parser.add_argument(
        "--head", default="HEAD", metavar="REV", help="the branch; HEAD if left out"
    )
    parser.add_argument("--output", type=Path, default=Path("reports/review"), metavar="FOLDER")
    parser.add_argument("--images", metavar="PREFIX", help="address of the folder of the pictures")
    parser.add_argument("--link", metavar="URL", help="address of the full HTML report")
    parser.add_argument("--dropped", action="append", default=[], metavar="METRIC",
                        help="head lacks this metric on purpose; may be repeated")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="print the report, write nothing")
    given = parser.parse_args()
    root = Path.cwd()
    for option in ("images", "link"):
        if (value := getattr(given, option)) is not None:
            address(value, f"--{option}")
    if not given.dry_run:
        writable(given.output)
    text, drawn = reviewed(root, given)
    if shell(root, "git", "status", "--porcelain").strip():
        say("uncommitted changes are left out: the report is of commits")
    if given.dry_run:
        print(text, end="")
        return
    write(given.output, text, drawn)
    print(text.splitlines()[0])
    print(f"{given.output / 'report.md'}, {len(text.encode()):,} bytes, {len(drawn)} pictures")
