"""New rows checked against the bundle's schema, as validate_data checks those of training."""

import dataclasses
from typing import TYPE_CHECKING

from lockstep.core.errors import DataError
from lockstep.core.schema import Dataset
from lockstep.data.quality import WORST, Broken, find_broken, named

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LARGE = 1 << 20  # keys of a run that is not merged any more: merging needs its memory twice


def without_target(dataset: Dataset) -> Dataset:
    """Return the schema of rows whose target is not known; where it is, it is not read."""
    columns = {n: c for n, c in dataset.checks.columns.items() if n != dataset.target}
    return dataclasses.replace(dataset, checks=dataclasses.replace(dataset.checks, columns=columns))


def again(keys: "np.ndarray", runs: list["np.ndarray"]) -> "np.ndarray":
    """Return whether each key stands earlier, in this partition or one before; shape (rows,), bool.

    Sorted runs of the keys before are in `runs`, which gets these too: 8 bytes a row. Runs are merged with
    those of their size, so that their number stays small. Keys are hashes of 64 bits: rows come once and
    cannot be compared again, and two of ten million other keys share one with a chance of 3 in a million.
    """
    import numpy as np

    order = np.argsort(keys, kind="stable")
    run = keys[order]
    repeated = np.zeros(len(keys), dtype=bool)
    repeated[order[1:]] = run[1:] == run[:-1]
    for earlier in runs:
        nearest = np.minimum(np.searchsorted(earlier, keys), len(earlier) - 1)
        repeated |= earlier[nearest] == keys
    if len(run):
        runs.append(run)
    while len(runs) > 1 and len(runs[-2]) <= len(runs[-1]) < LARGE:
        merged = np.concatenate([runs.pop(), runs.pop()])
        merged.sort()
        runs.append(merged)
    return repeated


def check_rows(
    frame: "pd.DataFrame", dataset: Dataset, known_keys: list["np.ndarray"]
) -> list[Broken]:
    """Return the checks that typed rows break, the key's uniqueness in all rows so far among them.

    Parameters
    ----------
    frame : DataFrame
        The typed rows.
    dataset : Dataset
    known_keys : list of array
        Keys of the rows before, to which these are added.

    Returns
    -------
    list of Broken
    """
    import numpy as np
    import pandas as pd

    failures = find_broken(frame, dataset)
    keys = pd.util.hash_pandas_object(frame[dataset.key], index=False).to_numpy()
    rows = np.flatnonzero(again(keys, known_keys)).tolist()
    if rows:
        worst = [(0.0, named(frame, row, dataset.key)) for row in rows[:WORST]]
        name, severity = " ".join(dataset.key), dataset.checks.unique_key
        failures.append(Broken("unique key", name, severity, len(rows), rows, worst))
    return failures


def stop_at_failures(failures: list[Broken], source: str) -> None:
    """Raise DataError for the first check of severity fail."""
    for check in failures:
        if check.severity == "fail":
            rows = "; ".join(text for _, text in check.examples)
            raise DataError(
                f"{source}: column {check.column}, check '{check.name}' failed in {check.count} "
                f"rows: {rows}; nothing is predicted, as the check's severity is fail: correct the rows"
            )
