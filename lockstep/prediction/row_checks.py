"""New rows against the bundle's schema, as validate_data judges those of training."""

import dataclasses
from typing import TYPE_CHECKING

from lockstep.core.errors import DataError
from lockstep.core.schema import Dataset
from lockstep.data.quality import WORST, Broken, broken, named

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LARGE = 1 << 20  # keys in a run that is merged no more: merging needs its memory twice


def without_target(dataset: Dataset) -> Dataset:
    """The schema of rows whose target is not known, and is not looked at where it is."""
    columns = {n: c for n, c in dataset.checks.columns.items() if n != dataset.target}
    return dataclasses.replace(dataset, checks=dataclasses.replace(dataset.checks, columns=columns))


def again(keys: "np.ndarray", seen: list["np.ndarray"]) -> "np.ndarray":
    """Whether each key stands earlier, in this partition or one before; shape (rows,), bool.

    seen holds sorted runs of the keys before and gets these: 8 bytes a row. Runs are merged with those of
    their size, so that there are few. Keys are hashes of 64 bits: rows come once and cannot be compared
    again, and two of ten million other keys share one with a chance of 3 in a million.
    """
    import numpy as np

    order = np.argsort(keys, kind="stable")
    run = keys[order]
    found = np.zeros(len(keys), dtype=bool)
    found[order[1:]] = run[1:] == run[:-1]
    for before in seen:
        at = np.minimum(np.searchsorted(before, keys), len(before) - 1)
        found |= before[at] == keys
    if len(run):
        seen.append(run)
    while len(seen) > 1 and len(seen[-2]) <= len(seen[-1]) < LARGE:
        merged = np.concatenate([seen.pop(), seen.pop()])
        merged.sort()
        seen.append(merged)
    return found


def judge(frame: "pd.DataFrame", dataset: Dataset, seen: list["np.ndarray"]) -> list[Broken]:
    """The checks that typed rows break, that of the key's uniqueness in all rows so far among them."""
    import numpy as np
    import pandas as pd

    found = broken(frame, dataset)
    keys = pd.util.hash_pandas_object(frame[dataset.key], index=False).to_numpy()
    rows = np.flatnonzero(again(keys, seen)).tolist()
    if rows:
        worst = [(0.0, named(frame, row, dataset.key)) for row in rows[:WORST]]
        name, severity = " ".join(dataset.key), dataset.checks.unique_key
        found.append(Broken("unique key", name, severity, len(rows), rows, worst))
    return found


def stop_at_failures(found: list[Broken], source: str) -> None:
    """Raise DataError for the first check of severity fail."""
    for check in found:
        if check.severity == "fail":
            rows = "; ".join(text for _, text in check.examples)
            raise DataError(
                f"{source}: column {check.column}, check '{check.name}' failed in {check.count} "
                f"rows: {rows}; nothing is predicted, as the check's severity is fail: mend the rows"
            )
