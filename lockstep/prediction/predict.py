"""Predict new rows with a registered model: the same schema, code and bits as when it was evaluated.

INPUT is a file, a folder or a quoted pattern of Parquet, CSV or JSON Lines (the texts also as .gz) with the
columns that ingest gives, the target aside. OUTPUT gets the row key and what is predicted, in the format
of its suffix. Rows that break the schema are not predicted: they go to OUTPUT.rejected with the reasons.

Examples:
  python -m lockstep predict new.csv predictions.csv
  python -m lockstep predict 'in/2014-*.parquet' out.parquet --version v1.2.0
  python -m lockstep predict data/ingested out.jsonl.gz --bundle models/registered --force
  python -m lockstep predict data/raw/flights out.parquet --raw
"""

import argparse
import os
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.config import load
from lockstep.core.errors import DataError, LockstepError
from lockstep.core.schema import Engine
from lockstep.prediction import row_files, writers
from lockstep.prediction.bundle_choice import add_options, chosen
from lockstep.prediction.row_checks import without_target
from lockstep.prediction.score import of_files, of_raw, opened, schemas, score
from lockstep.training import bundle

if TYPE_CHECKING:
    from lockstep.prediction.writers import Write


def refuse(given: argparse.Namespace, found: list[Path], places: list[Path]) -> None:
    """Raise LockstepError for an OUTPUT that has no format, is there already, or is read."""
    output: Path = given.output
    if not row_files.suffix(output):
        raise LockstepError(f"{output}: OUTPUT must end with {', '.join(row_files.SUFFIXES)}")
    if output.resolve() in [path.resolve() for path in found]:
        raise LockstepError(f"{output} is one of INPUT's files; give another OUTPUT")
    there = [path for path in places if path.exists()]
    if there and not (given.force or given.dry_run):
        raise LockstepError(f"{there[0]} is there already; give another OUTPUT, or --force")


def place(
    beside: list[Path], places: list[Path], counts: list[int], given: argparse.Namespace
) -> None:
    """Put whole files in their places, predictions last. Raises DataError where no row was valid."""
    predictions, rejections = counts
    if not given.dry_run:
        if rejections:
            os.replace(beside[1], places[1])
        else:
            places[1].unlink(missing_ok=True)
    if rejections and not predictions:
        why = "without --dry-run, a file says why" if given.dry_run else f"{places[1]} says why"
        raise DataError(f"{given.input}: no row is valid, nothing was predicted; {why}")
    if not given.dry_run:
        os.replace(beside[0], places[0])


def predict(given: argparse.Namespace) -> None:
    """Read, judge and predict a partition at a time; put the files in place when all is done."""
    from tqdm import tqdm

    output: Path = given.output
    places = [output, output.with_name(output.name + ".rejected")]
    found = [] if given.raw else row_files.find(given.input)
    refuse(given, found, places)
    folder = chosen(given)
    loaded, code, dataset = opened(folder, bundle.digest(folder))
    engine = load().engine if Path("params.yaml").exists() else Engine()
    asked = without_target(dataset)
    parts = of_raw(Path(given.input), code, asked) if given.raw else of_files(found, asked)
    beside = [place.with_name(place.name + ".part") for place in places]
    counts, why = [0, 0], Counter[str]()
    with ExitStack() as cleanup:
        with ExitStack() as open_files:
            bar = open_files.enter_context(
                tqdm(
                    desc="predict",
                    unit=" rows",
                    total=row_files.total(found),
                    disable=not sys.stderr.isatty(),
                )
            )
            writes: list[Write] = [len, len]  # a dry run
            if not given.dry_run:
                output.parent.mkdir(parents=True, exist_ok=True)
                for number, columns in enumerate(schemas(loaded.signature, dataset)):
                    cleanup.callback(beside[number].unlink, missing_ok=True)
                    to = writers.writer(beside[number], output, columns)
                    writes[number] = open_files.enter_context(to)
            for *tables, broken in score(folder, parts, engine):
                for number, table in enumerate(tables):
                    if len(table):  # Parquet would note each empty one
                        writes[number](table)
                    counts[number] += len(table)
                    bar.update(len(table))
                for check in broken:
                    why[f"{check.column}: {check.name} ({check.severity})"] += check.count
        place(beside, places, counts, given)
    told = f"predicted {counts[0]:,} rows, rejected {counts[1]:,}"
    print(f"{told}{', wrote nothing' if given.dry_run else f'; {output}'}")
    for text, number in sorted(why.items()):
        print(f"  {text}: {number:,} rows")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    found = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    found.add_argument("input", metavar="INPUT", help="a file, a folder or a quoted pattern")
    found.add_argument("output", metavar="OUTPUT", type=Path, help="a file to write")
    add_options(found)
    found.add_argument(
        "--raw", action="store_true", help="INPUT is a folder of raw tables, as for ingest"
    )
    found.add_argument("--force", action="store_true", help="overwrite OUTPUT and OUTPUT.rejected")
    found.add_argument("--dry-run", action="store_true", help="judge every row, write nothing")
    return found


def main() -> None:
    """Predict as the command line says."""
    predict(parser().parse_args())
