"""Report what a branch does to the model: report.md and pictures of base and head together.

It compares two commits: head, and the one where head left base. Metrics come from Git, predictions from DVC's
cache or the remote. The report is the same for the same two commits, and fits into a comment of a pull
request on GitHub or GitLab. A comment cannot show pictures that no server has, so the report names their
files; --images gives the address under which they will be found. A refused model is no error: exits 1 only
where the commits cannot be read, or head lacks a metric that base has.

Examples:
  python -m lockstep review --base main
  python -m lockstep review --base origin/main --head HEAD --output reports/review
  python -m lockstep review --base main --images https://example.org/run/17 --link https://example.org/r.html
  python -m lockstep review --base main --dry-run
"""

import argparse
import sys
from pathlib import Path

from lockstep.core.errors import DataError, LockstepError
from lockstep.core.files import atomic_path, write_text
from lockstep.core.formatting import count
from lockstep.repository.git import changed_files
from lockstep.review import metric_changes, plots
from lockstep.review.changes import relevant_paths
from lockstep.review.commit import CommitState, read_commit, read_partition_rows, read_stages
from lockstep.review.differences import PartitionRows
from lockstep.review.document import MARK, Review, report, unaffected_report
from lockstep.review.history import changed_paths, merge_base, resolve_commit
from lockstep.review.markdown import check_link


def show_progress(text: str) -> None:
    """Print a line apart from the report."""
    print(text, file=sys.stderr, flush=True)


def partition_rows(
    root: Path, base: CommitState, head: CommitState
) -> tuple[PartitionRows, PartitionRows]:
    """Return the rows of each ingested partition at both, looked up only where the raw data differ.

    Parameters
    ----------
    root : Path
    base : CommitState
    head : CommitState

    Returns
    -------
    tuple
    """
    if (base.lineage or {}).get("raw") == head.lineage["raw"]:
        return {}, {}
    return read_partition_rows(root, base), read_partition_rows(root, head)


def check_metrics_present(base: CommitState, head: CommitState, dropped: list[str]) -> None:
    """Raise DataError that names a metric which base has and head lacks, unless it is dropped.

    Parameters
    ----------
    base : CommitState
    head : CommitState
    dropped : list of str
        Names of metrics that go on purpose.
    """
    missing = metric_changes.missing_metrics(base, head, dropped)
    if missing:
        raise DataError(
            f"{head.sha[:12]} has no {missing[0]}, which {base.sha[:12]} has; `dvc repro` and commit "
            f"metrics/, or --dropped {missing[0].split()[-1]} if it goes on purpose"
        )


def make_review(root: Path, options: argparse.Namespace) -> tuple[str, dict[str, bytes]]:
    """Compare the two commits that the options name.

    Parameters
    ----------
    root : Path
    options : Namespace
        base, head, dropped, images and link, as on the command line.

    Returns
    -------
    tuple
        The report as Markdown, and its pictures by name.

    Raises
    ------
    LockstepError
        Where a commit cannot be read, or head lacks a metric that base has.
    """
    head_sha = resolve_commit(root, options.head, "--head")
    base_sha = merge_base(root, resolve_commit(root, options.base, "--base"), head_sha)
    paths = changed_paths(root, base_sha, head_sha)
    if not relevant_paths(paths, [read_stages(root, base_sha), read_stages(root, head_sha)]):
        return unaffected_report(paths), {}
    base = read_commit(root, base_sha, complete=False)
    head = read_commit(root, head_sha, complete=True)
    check_metrics_present(base, head, options.dropped)
    show_progress(f"comparing {base_sha[:12]} and {head_sha[:12]} on test")
    comparison, no_comparison = metric_changes.compare_predictions(root, base, head)
    show_progress("drawing the pictures")
    pictures, failed = plots.draw_plots(base, head)
    review = Review(
        base,
        head,
        paths,
        comparison,
        no_comparison,
        partition_rows=partition_rows(root, base, head),
        pictures=list(pictures),
        failed_pictures=failed,
        picture_prefix=options.images,
        report_link=options.link,
    )
    return report(review), pictures


def check_output(folder: Path) -> None:
    """Raise LockstepError where writing would destroy what is no review."""
    if folder.exists() and not folder.is_dir():
        raise LockstepError(f"--output {folder} is a file; expected a folder")
    file = folder / "report.md"
    if file.exists() and MARK not in file.read_text(encoding="utf-8", errors="replace"):
        raise LockstepError(f"{file} is no review and stays as it is; choose another --output")


def write_review(folder: Path, text: str, pictures: dict[str, bytes]) -> None:
    """Write pictures and report.

    The pictures come first, so that a report never names one that is absent; those of an earlier review go.

    Parameters
    ----------
    folder : Path
    text : str
        The report.
    pictures : dict
        PNG by name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in plots.TITLES:
        if name not in pictures:
            (folder / f"{name}.png").unlink(missing_ok=True)
    for name, picture in pictures.items():
        with atomic_path(folder / f"{name}.png") as beside:
            beside.write_bytes(picture)
    write_text(folder / "report.md", text)


def parse_arguments() -> argparse.Namespace:
    """Return the options of the command line. Raises ConfigError for an address that cannot be a link."""
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
    options = parser.parse_args()
    for name in ("images", "link"):
        if (value := getattr(options, name)) is not None:
            check_link(value, f"--{name}")
    return options


def main() -> None:
    """Read both commits, compare them, write the report."""
    options, root = parse_arguments(), Path.cwd()
    if not options.dry_run:
        check_output(options.output)
    text, specs = make_review(root, options)
    if changed_files(root, with_new=True):
        show_progress("uncommitted changes are left out: the report is of commits")
    if options.dry_run:
        print(text, end="")
        return
    write_review(options.output, text, specs)
    print(text.splitlines()[0])
    n_bytes = count(len(text.encode()))
    print(f"{options.output / 'report.md'}, {n_bytes} bytes, {len(specs)} pictures")
