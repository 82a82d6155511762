"""From typed partitions of new rows to partitions of predictions and of rejected rows."""

import threading
from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lockstep.core.engine import ahead, executor, in_order
from lockstep.core.schema import Dataset, Engine
from lockstep.data.column_types import convert_columns
from lockstep.data.quality import Broken, separate
from lockstep.prediction import row_files, typed_rows, writers
from lockstep.prediction.row_checks import check_rows, stop_at_failures, without_target
from lockstep.registry import serving
from lockstep.training import bundle
from lockstep.training.predictions import as_columns, predicted_classes

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

# A bundle's recipe replaces the project's while it runs; a Dask worker may have threads.
_recipe_lock = threading.Lock()


class Part(NamedTuple):
    """Typed rows, and where they are from."""

    source: str
    rows: "pd.DataFrame"


class Scored(NamedTuple):
    """One partition's result."""

    predictions: "pa.Table"
    rejected: "pa.Table"
    broken: list[Broken]  # the checks that rows broke


class Schemas(NamedTuple):
    """Arrow schemas of predictions and of rejected rows."""

    predictions: "pa.Schema"
    rejected: "pa.Schema"


def read_files(paths: list[Path], dataset: Dataset) -> Iterator[Part]:
    """Return the typed partitions of files."""
    for path in paths:
        start = 0
        for table in row_files.partitions(path, dataset.checks.columns):
            frame = typed_rows.typed(table, dataset.checks.columns, str(path), start)
            yield Part(str(path), frame)
            start += len(table)


def read_raw(folder: Path, recipe: serving.Recipe, dataset: Dataset) -> Iterator[Part]:
    """Return the typed partitions that the bundle's load() makes of a raw folder, as ingest types them.

    Parameters
    ----------
    folder : Path
        Of the raw tables.
    recipe : Recipe
        The bundle's own.
    dataset : Dataset

    Yields
    ------
    iterator of Part
    """
    schema = dataset.checks.columns
    for name, frame in serving.raw_rows(recipe, folder):
        source = f"{folder}, {name}"
        absent = [column for column, c in schema.items() if c.nullable and column not in frame]
        whole = frame.copy(deep=False)
        for column in absent:
            whole[column] = None
        whole = convert_columns(whole, schema, source)
        for start in range(0, len(whole), row_files.ROWS):
            rows = whole.iloc[start : start + row_files.ROWS].reset_index(drop=True)
            yield Part(source, rows)


def output_schemas(signature: dict[str, Any], dataset: Dataset) -> Schemas:
    """Return the Arrow schemas of predictions and of rejected rows."""
    import numpy as np

    declared = {name: c.type for name, c in without_target(dataset).checks.columns.items()}
    task, classes = signature["task"], signature["classes"]
    predicted = as_columns(task, np.empty((0, len(classes))), classes)
    label = {} if task == "regression" else {"predicted": "str"}
    key = {name: declared[name] for name in dataset.key}
    predictions = {**key, **dict.fromkeys(predicted, "float"), **label}
    rejected = {**declared, "broken_checks": "str"}
    return Schemas(writers.arrow_schema(predictions), writers.arrow_schema(rejected))


def prediction_frame(
    model: bundle.Bundle, features: "pd.DataFrame", key: list[str]
) -> "pd.DataFrame":
    """Return row key, predictions, and the class that follows from them.

    Parameters
    ----------
    model : Bundle
    features : DataFrame
    key : list of str
        Columns of the key.

    Returns
    -------
    DataFrame
    """
    signature = model.signature
    task, classes = signature["task"], signature["classes"]
    y_prob = model.predict(features)
    frame = features[key].assign(**as_columns(task, y_prob, classes))
    label = predicted_classes(task, y_prob, signature["threshold"], classes)
    return frame if label is None else frame.assign(predicted=label)


@lru_cache(maxsize=1)
def open_bundle(folder: Path, digest: str) -> tuple[bundle.Bundle, serving.Recipe, Dataset]:
    """Return model, recipe and data set of a verified bundle with this hash, read once in a process."""
    hashes = bundle.verify(folder)
    return bundle.load(folder), serving.recipe(folder, hashes), bundle.read_dataset(folder, hashes)


def predict_rows(folder: Path, digest: str, source: str, valid: "pd.DataFrame") -> "pa.Table":
    """Clean, featurize and predict valid rows by a bundle, in whichever process this runs.

    Parameters
    ----------
    folder : Path
        Of the bundle.
    digest : str
        The bundle's hash.
    source : str
        For messages.
    valid : DataFrame
        Typed rows that break no check.

    Returns
    -------
    Table
        The predictions.
    """
    import pyarrow as pa

    with _recipe_lock:
        model, recipe, dataset = open_bundle(folder, digest)
        schema = output_schemas(model.signature, dataset).predictions
        if not len(valid):
            return schema.empty_table()
        features = serving.featurize(recipe, dataset, valid, source)
        frame = prediction_frame(model, features, dataset.key)
        return pa.Table.from_pandas(frame, schema, preserve_index=False)


def score(folder: Path, parts: Iterator[Part], engine: Engine) -> Iterator[Scored]:
    """Check each partition here, in order, for a key may stand once; predict it where the engine says.

    Parameters
    ----------
    folder : Path
        Of the bundle.
    parts : iterator of Part
    engine : Engine

    Yields
    ------
    Scored
        A partition's result, in the order of the parts.

    Raises
    ------
    DataError
        At the first partition that breaks a check of severity fail.
    """
    import pyarrow as pa

    digest = bundle.digest(folder)
    model, _, dataset = open_bundle(folder, digest)
    rejected_schema = output_schemas(model.signature, dataset).rejected
    checked_dataset, known_keys = without_target(dataset), list["np.ndarray"]()
    checked = deque[tuple[pa.Table, list[Broken]]]()

    def check_parts() -> Iterator[tuple[Path, str, str, "pd.DataFrame"]]:
        for source, frame in parts:
            broken = check_rows(frame, checked_dataset, known_keys)
            stop_at_failures(broken, source)
            valid, bad = separate(frame, broken)
            rejected = pa.Table.from_pandas(bad, rejected_schema, preserve_index=False)
            checked.append((rejected, broken))
            yield folder, digest, source, valid.reset_index(drop=True)

    packages = model.kind.packages
    with executor(engine, packages) as pool:
        for predictions in in_order(pool, predict_rows, check_parts(), ahead(engine)):
            yield Scored(predictions, *checked.popleft())
