"""Predict new rows with a registered model: the same schema, code and bits as when it was evaluated.

INPUT is a file, a folder or a quoted pattern of Parquet, CSV or JSON Lines (the texts also as .gz) with the
columns that ingest gives, the target aside. OUTPUT gets the row key and the predictions, in the format
of its suffix. Rows that break the schema are not predicted: they go to OUTPUT.rejected with the reasons.

Examples:
  python -m lockstep predict new.csv predictions.csv
  python -m lockstep predict 'in/2024-*.parquet' out.parquet --version v1.2.0
  python -m lockstep predict data/ingested out.jsonl.gz --bundle models/registered --force
  python -m lockstep predict data/raw/my_table out.parquet --raw
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.config import load_config
from lockstep.core.errors import DataError, LockstepError
from lockstep.core.escaping import terminal_text
from lockstep.core.formatting import count
from lockstep.core.schema import Engine
from lockstep.prediction import row_files
from lockstep.prediction.bundle_choice import add_options, choose_bundle
from lockstep.prediction.row_checks import without_target
from lockstep.prediction.score import (
    Schemas,
    Scored,
    open_bundle,
    output_schemas,
    read_files,
    read_raw,
    score,
)
from lockstep.prediction.writers import open_writer
from lockstep.training import bundle

if TYPE_CHECKING:
    import pyarrow as pa

    from lockstep.prediction.writers import Write


@dataclass
class Counts:
    """How many rows were predicted and rejected, and which checks rows broke."""

    predicted: int = 0
    rejected: int = 0
    by_check: Counter[str] = field(default_factory=Counter)

    def add(self, scored: Scored) -> None:
        """Add one partition's result."""
        self.predicted += len(scored.predictions)
        self.rejected += len(scored.rejected)
        for check in scored.broken:
            self.by_check[f"{check.column}: {check.name} ({check.severity})"] += check.count


@dataclass(frozen=True)
class OutputPaths:
    """Where predictions and rejected rows go; both are written to a .part file until all is done."""

    predictions: Path

    @property
    def rejected(self) -> Path:
        """Return the file of the rejected rows."""
        return self.predictions.with_name(self.predictions.name + ".rejected")

    @property
    def parts(self) -> list[Path]:
        """Return the unfinished files, of predictions and of rejected rows."""
        return [path.with_name(path.name + ".part") for path in (self.predictions, self.rejected)]


def check_output(options: argparse.Namespace, inputs: list[Path], outputs: OutputPaths) -> None:
    """Raise LockstepError for an OUTPUT that has no format, is there already, or is read.

    Parameters
    ----------
    options : Namespace
    inputs : list of Path
        INPUT's files.
    outputs : OutputPaths
    """
    output = outputs.predictions
    if not row_files.suffix(output):
        raise LockstepError(f"{output}: OUTPUT must end with {', '.join(row_files.SUFFIXES)}")
    if output.resolve() in [path.resolve() for path in inputs]:
        raise LockstepError(f"{output} is one of INPUT's files; give another OUTPUT")
    existing = [path for path in (output, outputs.rejected) if path.exists()]
    if existing and not (options.force or options.dry_run):
        raise LockstepError(f"{existing[0]} is there already; give another OUTPUT, or --force")


@contextmanager
def open_parts(outputs: OutputPaths, schemas: Schemas) -> Iterator[list["Write"]]:
    """Open the unfinished files and give the functions that append to them: predictions, rejected rows."""
    outputs.predictions.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        yield [
            stack.enter_context(open_writer(part, outputs.predictions, schema))
            for part, schema in zip(outputs.parts, schemas, strict=True)
        ]


def write_results(results: Iterable[Scored], n_rows: int | None, writes: list["Write"]) -> Counts:
    """Write each partition's result and show the progress.

    Parameters
    ----------
    results : iterable of Scored
    n_rows : int or None
        How many rows are expected, where it is known.
    writes : list of callable
        For predictions and for rejected rows; none in a dry run.

    Returns
    -------
    Counts
    """
    from tqdm import tqdm

    counts = Counts()
    with tqdm(desc="predict", unit=" rows", total=n_rows, disable=not sys.stderr.isatty()) as bar:
        for scored in results:
            tables: list[pa.Table] = [scored.predictions, scored.rejected]
            for write, table in zip(writes, tables, strict=False):
                if len(table):  # Parquet would note each empty one
                    write(table)
            counts.add(scored)
            bar.update(len(scored.predictions) + len(scored.rejected))
    return counts


def check_any_valid(options: argparse.Namespace, counts: Counts, outputs: OutputPaths) -> None:
    """Raise DataError where every row was rejected.

    Parameters
    ----------
    options : Namespace
        Of the command line.
    counts : Counts
    outputs : OutputPaths
    """
    if counts.rejected and not counts.predicted:
        hint = (
            "without --dry-run, a file says why"
            if options.dry_run
            else f"{outputs.rejected} says why"
        )
        raise DataError(f"{options.input}: no row is valid, nothing was predicted; {hint}")


def move_rejected(outputs: OutputPaths, counts: Counts) -> None:
    """Move the rejected rows to their place; without any, those of an earlier run go."""
    if counts.rejected:
        os.replace(outputs.parts[1], outputs.rejected)
    else:
        outputs.rejected.unlink(missing_ok=True)


def write_predictions(
    options: argparse.Namespace,
    results: Iterable[Scored],
    n_rows: int | None,
    schemas: Schemas,
    outputs: OutputPaths,
) -> Counts:
    """Write the results, and move whole files to their places, predictions last.

    Parameters
    ----------
    options : Namespace
    results : iterable of Scored
    n_rows : int or None
        How many rows are expected, where it is known.
    schemas : Schemas
        Of predictions and rejected rows.
    outputs : OutputPaths

    Returns
    -------
    Counts

    Raises
    ------
    DataError
        Where no row was valid.
    """
    try:
        with open_parts(outputs, schemas) as writes:
            counts = write_results(results, n_rows, writes)
        move_rejected(outputs, counts)
        check_any_valid(options, counts, outputs)
        os.replace(outputs.parts[0], outputs.predictions)
    finally:
        for part in outputs.parts:
            part.unlink(missing_ok=True)
    return counts


def summary(options: argparse.Namespace, counts: Counts) -> str:
    """Return how many rows were predicted and rejected, and for which reasons."""
    end = ", wrote nothing" if options.dry_run else f"; {options.output}"
    lines = [f"predicted {count(counts.predicted)} rows, rejected {count(counts.rejected)}{end}"]
    lines += [
        f"  {terminal_text(check)}: {count(n_rows)} rows"
        for check, n_rows in sorted(counts.by_check.items())
    ]
    return "\n".join(lines)


def predict(options: argparse.Namespace) -> None:
    """Read, check and predict a partition at a time; move the files to their places when all is done."""
    outputs = OutputPaths(options.output)
    inputs = [] if options.raw else row_files.find_files(options.input)
    check_output(options, inputs, outputs)
    folder = choose_bundle(options)
    model, recipe, dataset = open_bundle(folder, bundle.digest(folder))
    engine = load_config().engine if Path("params.yaml").exists() else Engine()
    unlabelled = without_target(dataset)
    parts = (
        read_raw(Path(options.input), recipe, unlabelled)
        if options.raw
        else read_files(inputs, unlabelled)
    )
    results, n_rows = score(folder, parts, engine), row_files.count_rows(inputs)
    if options.dry_run:
        counts = write_results(results, n_rows, writes=[])
        check_any_valid(options, counts, outputs)
    else:
        schemas = output_schemas(model.signature, dataset)
        counts = write_predictions(options, results, n_rows, schemas, outputs)
    print(summary(options, counts))


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("input", metavar="INPUT", help="a file, a folder or a quoted pattern")
    parser.add_argument("output", metavar="OUTPUT", type=Path, help="a file to write")
    add_options(parser)
    parser.add_argument(
        "--raw", action="store_true", help="INPUT is a folder of raw tables, as for ingest"
    )
    parser.add_argument("--force", action="store_true", help="overwrite OUTPUT and OUTPUT.rejected")
    parser.add_argument("--dry-run", action="store_true", help="check every row, write nothing")
    return parser


def main() -> None:
    """Predict as the command line says."""
    predict(make_parser().parse_args())
