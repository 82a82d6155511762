"""Predict new rows with a registered model: the same schema, code and bits as when it was evaluated.

INPUT is a file, a folder or a quoted pattern of Parquet, CSV or JSON Lines (the texts also as .gz) with the
columns that ingest gives, the target aside. OUTPUT gets the row key and what is predicted, in the format
of its suffix. Rows that break the schema are not predicted: they go to OUTPUT.rejected with the reasons.

Examples:
  python -m commands.predict new.csv predictions.csv
  python -m commands.predict 'in/2014-*.parquet' out.parquet --version v1.2.0
  python -m commands.predict data/ingested out.jsonl.gz --bundle models/candidate --force
  python -m commands.predict data/raw/flights out.parquet --raw
"""

import argparse
import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import bundle, serve
from pipeline.batch import files, rows, writers
from pipeline.batch.choice import add_options, chosen
from pipeline.batch.judge import judge, stop_at_failures, without_target
from pipeline.errors import DataError, LockstepError, run
from pipeline.outcome import columns, said
from pipeline.quality import separate
from pipeline.schema import Dataset
from pipeline.types import typed

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    Part = tuple[str, pd.DataFrame]  # where it is from, typed rows


def of_files(found: list[Path], dataset: Dataset) -> Iterator["Part"]:
    """Typed partitions of files."""
    for path in found:
        start = 0
        for table in files.partitions(path, dataset.checks.columns):
            yield str(path), rows.typed(table, dataset.checks.columns, str(path), start)
            start += len(table)


def of_raw(folder: Path, code: serve.Recipe, dataset: Dataset) -> Iterator["Part"]:
    """Typed partitions that the bundle's load() makes of a raw folder."""
    schema = dataset.checks.columns
    for name, frame in serve.raw_rows(code, folder):
        source = f"{folder}, {name}"
        absent = [one for one, c in schema.items() if c.nullable and one not in frame]
        whole = typed(frame.assign(**dict.fromkeys(absent)), schema, source)
        for start in range(0, len(whole), files.ROWS):
            yield source, whole.iloc[start : start + files.ROWS].reset_index(drop=True)


def predicted(loaded: bundle.Bundle, features: "pd.DataFrame", key: list[str]) -> "pd.DataFrame":
    """Row key, what is predicted, and the class that follows."""
    signature = loaded.signature
    task, classes = signature["task"], signature["classes"]
    p = loaded.predict(features)
    found = features[key].assign(**columns(task, p, classes))
    label = said(task, p, signature["threshold"], classes)
    return found if label is None else found.assign(predicted=label)


def of_output(signature: dict[str, Any], dataset: Dataset) -> tuple["pa.Schema", "pa.Schema"]:
    """Arrow schemas of predictions and of rejected rows."""
    import numpy as np

    declared = {name: column.type for name, column in dataset.checks.columns.items()}
    task, classes = signature["task"], signature["classes"]
    made = columns(task, np.empty((0, len(classes))), classes)
    label = {} if task == "regression" else {"predicted": "str"}
    key = {name: declared[name] for name in dataset.key}
    predictions = {**key, **dict.fromkeys(made, "float"), **label}
    return writers.schema(predictions), writers.schema({**declared, "broken_checks": "str"})


def refuse(given: argparse.Namespace, found: list[Path], rejected: Path) -> None:
    """Raise LockstepError for an OUTPUT that has no format, is there already, or is read."""
    output: Path = given.output
    if not files.suffix(output):
        raise LockstepError(f"{output}: OUTPUT must end with {', '.join(files.SUFFIXES)}")
    there = [path for path in (output, rejected) if path.exists()]
    if there and not (given.force or given.dry_run):
        raise LockstepError(f"{there[0]} is there already; give another OUTPUT, or --force")
    if output.resolve() in [path.resolve() for path in found]:
        raise LockstepError(f"{output} is one of INPUT's files; give another OUTPUT")


def predict(given: argparse.Namespace) -> None:
    """Read, judge and predict a partition at a time; put the files in place when all is done."""
    import pyarrow as pa
    from tqdm import tqdm

    output: Path = given.output
    rejected = output.with_name(output.name + ".rejected")
    found = [] if given.raw else files.find(given.input)
    refuse(given, found, rejected)
    folder = chosen(given)
    loaded, hashes = bundle.load(folder), bundle.verify(folder)
    dataset, code = bundle.dataset(folder, hashes), serve.recipe(folder, hashes)
    asked = without_target(dataset)
    parts = of_raw(Path(given.input), code, asked) if given.raw else of_files(found, asked)
    seen: list[np.ndarray] = []
    done: Counter[str] = Counter()
    why: Counter[str] = Counter()
    with ExitStack() as stack:
        bar = tqdm(parts, "predict", unit="row", total=None, disable=not sys.stderr.isatty())
        out, out_rejected = of_output(loaded.signature, asked)
        for source, frame in parts:
            broken = judge(frame, asked, seen)
            stop_at_failures(broken, source)
            valid, bad = separate(frame, broken)
