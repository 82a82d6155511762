"""From typed partitions of new rows to partitions of predictions and of rejected rows."""

import threading
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.engine import ahead, executor, in_order
from lockstep.core.schema import Dataset, Engine
from lockstep.data.column_types import typed
from lockstep.data.quality import Broken, separate
from lockstep.prediction import row_files, typed_rows, writers
from lockstep.prediction.row_checks import judge, stop_at_failures, without_target
from lockstep.registry import serving
from lockstep.training import bundle
from lockstep.training.predictions import columns, said

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    Part = tuple[str, pd.DataFrame]  # where it is from, typed rows
    Scored = tuple[
        pa.Table, pa.Table, list[Broken]
    ]  # predictions, rejected rows, checks they broke

# A bundle's recipe stands in the place of the project's while it runs; a Dask worker may have threads.
_one_at_a_time = threading.Lock()


def of_files(found: list[Path], dataset: Dataset) -> Iterator["Part"]:
    """Typed partitions of files."""
    for path in found:
        start = 0
        for table in row_files.partitions(path, dataset.checks.columns):
            yield str(path), typed_rows.typed(table, dataset.checks.columns, str(path), start)
            start += len(table)


def of_raw(folder: Path, code: serving.Recipe, dataset: Dataset) -> Iterator["Part"]:
    """Typed partitions that the bundle's load() makes of a raw folder, as ingest types them."""
    schema = dataset.checks.columns
    for name, frame in serving.raw_rows(code, folder):
        source = f"{folder}, {name}"
        absent = [one for one, c in schema.items() if c.nullable and one not in frame]
        whole = frame.copy(deep=False)
        for one in absent:
            whole[one] = None
        whole = typed(whole, schema, source)
        for start in range(0, len(whole), row_files.ROWS):
            yield source, whole.iloc[start : start + row_files.ROWS].reset_index(drop=True)


def schemas(signature: dict[str, Any], dataset: Dataset) -> tuple["pa.Schema", "pa.Schema"]:
    """Arrow schemas of predictions and of rejected rows."""
    import numpy as np

    declared = {n: c.type for n, c in without_target(dataset).checks.columns.items()}
    task, classes = signature["task"], signature["classes"]
    made = columns(task, np.empty((0, len(classes))), classes)
    label = {} if task == "regression" else {"predicted": "str"}
    key = {name: declared[name] for name in dataset.key}
    predictions = {**key, **dict.fromkeys(made, "float"), **label}
    return writers.schema(predictions), writers.schema({**declared, "broken_checks": "str"})


def predicted(loaded: bundle.Bundle, features: "pd.DataFrame", key: list[str]) -> "pd.DataFrame":
    """Row key, what is predicted, and the class that follows."""
    signature = loaded.signature
    task, classes = signature["task"], signature["classes"]
    p = loaded.predict(features)
    found = features[key].assign(**columns(task, p, classes))
    label = said(task, p, signature["threshold"], classes)
    return found if label is None else found.assign(predicted=label)


@lru_cache(maxsize=1)
def opened(folder: Path, digest: str) -> tuple[bundle.Bundle, serving.Recipe, Dataset]:
    """What predicts in a verified bundle, whose hash is digest: read once in a process."""
    hashes = bundle.verify(folder)
    return bundle.load(folder), serving.recipe(folder, hashes), bundle.dataset(folder, hashes)


def answered(folder: Path, digest: str, source: str, valid: "pd.DataFrame") -> "pa.Table":
    """Clean, featurize and predict typed, valid rows by a bundle, wherever this runs."""
    import pyarrow as pa

    with _one_at_a_time:
        loaded, code, dataset = opened(folder, digest)
        made, _ = schemas(loaded.signature, dataset)
        if not len(valid):
            return made.empty_table()
        features = serving.featurize(code, dataset, valid, source)
        answers = predicted(loaded, features, dataset.key)
        return pa.Table.from_pandas(answers, made, preserve_index=False)


def score(folder: Path, parts: Iterator["Part"], engine: Engine) -> Iterator["Scored"]:
    """Judge each partition here, in order, for a key may stand once; predict it where the engine says.

    Raises DataError at the first partition that breaks a check of severity fail.
    """
    import pyarrow as pa

    digest = bundle.digest(folder)
    loaded, _, dataset = opened(folder, digest)
    _, refused = schemas(loaded.signature, dataset)
    asked, seen = without_target(dataset), list["np.ndarray"]()
    judged = deque[tuple[pa.Table, list[Broken]]]()

    def tasks() -> Iterator[tuple[Path, str, str, "pd.DataFrame"]]:
        for source, frame in parts:
            broken = judge(frame, asked, seen)
            stop_at_failures(broken, source)
            valid, bad = separate(frame, broken)
            judged.append((pa.Table.from_pandas(bad, refused, preserve_index=False), broken))
            yield folder, digest, source, valid.reset_index(drop=True)

    with executor(engine) as pool:
        for table in in_order(pool, answered, tasks(), ahead(engine)):
            yield table, *judged.popleft()
