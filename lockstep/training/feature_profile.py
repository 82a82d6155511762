"""The profile of a model's training rows and of its predictions: counts over bins, small and mergeable.

New rows are counted over the same bins. Counts of partitions add up to those of the whole, so drift is
computed in the memory of one partition, and it is the same however the rows are cut.
"""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FILE = "profile.json"
MAX_BINS = 8000  # bins of all columns together, so that the file stays under 200 kB


@dataclass(frozen=True)
class Column:
    """Bins of one column and the training rows in each.

    Numeric: bins are edges, ascending; rows has the missing values, those below the first edge, those
    at it, those between it and the second, and so on to those above the last. Categorical: bins are
    values, the most frequent first; rows has one count for each, then the values that are not listed.
    """

    numeric: bool
    bins: list[Any]
    rows: list[int]


@dataclass(frozen=True)
class Profile:
    """Columns of train, the model's outputs on valid, and its metrics there."""

    columns: dict[str, Column]
    outputs: dict[str, Column]
    metrics: dict[str, float]


def bins_per_column(columns: int) -> int:
    """Return how many bins a column may have: 50 to 1,000, a multiple of ten so that deciles are exact."""
    return 10 * min(100, max(5, MAX_BINS // 10 // max(columns, 1)))


def numeric(values: "np.ndarray", max_bins: int) -> Column:
    """Bin a numeric column: each distinct value is an edge, or if there are more, max_bins quantiles.

    Quantiles are values of the column (the inverted CDF), so at most 1/max_bins of the rows lie between
    two edges.
    """
    import numpy as np

    ordered = np.sort(values[~np.isnan(values)])
    edges = ordered[np.append(ordered[1:] != ordered[:-1], True)] if len(ordered) else ordered
    if len(edges) > max_bins:
        edges = np.unique(ordered[-(-np.arange(1, max_bins + 1) * len(ordered) // max_bins) - 1])
    inside = count(Column(True, edges.tolist(), []), ordered).tolist()[1:]
    return Column(True, edges.tolist(), [len(values) - len(ordered), *inside])


def categorical(values: "pd.Series", max_bins: int) -> Column:
    """Bin a categorical column: the most frequent values, equally frequent ones in alphabetical order."""
    frequencies = values.value_counts().items()
    most_frequent = sorted(frequencies, key=lambda pair: (-pair[1], str(pair[0])))[:max_bins]
    bins, rows = [str(value) for value, _ in most_frequent], [int(n) for _, n in most_frequent]
    return Column(False, bins, [*rows, len(values) - sum(rows)])


def count(column: Column, values: Any) -> "np.ndarray":
    """Count values, a series or an array, over the bins of a column; int64, in the order of its rows."""
    import numpy as np

    if column.numeric:
        numbers = np.asarray(values, dtype=float)
        known = numbers[~np.isnan(numbers)]
        edges = np.asarray(column.bins, dtype=float)
        below = np.searchsorted(edges, known)
        is_edge = np.append(edges, np.nan)[below] == known
        inside = np.bincount(2 * below + is_edge, minlength=2 * len(edges) + 1)
        return np.append(len(numbers) - len(known), inside)
    counts = values.value_counts().reindex(column.bins, fill_value=0).to_numpy(dtype="int64")
    return np.append(counts, len(values) - counts.sum())


def count_columns(
    columns: dict[str, Column], frame: "pd.DataFrame | dict[str, np.ndarray]"
) -> dict[str, "np.ndarray"]:
    """Count the rows of a frame, or of outputs by name, over the bins of every column."""
    return {name: count(column, frame[name]) for name, column in columns.items()}


def profile_column(values: "pd.Series", is_numeric: bool, max_bins: int) -> Column:
    """Bin one column of the training rows.

    Parameters
    ----------
    values : Series
        The column.
    is_numeric : bool
        Whether it is a numeric feature.
    max_bins : int
        Most bins.
    """
    if is_numeric:
        return numeric(values.to_numpy(dtype=float), max_bins)
    return categorical(values, max_bins)


def make_profile(
    columns: dict[str, Column],
    outputs: dict[str, "np.ndarray"],
    metrics: dict[str, float],
) -> Profile:
    """Return the profile of a model.

    Parameters
    ----------
    columns : dict
        Bins of each feature on train, as `column` returns them.
    outputs : dict
        Values of each output on valid.
    metrics : dict
        Metrics on valid.
    """
    max_bins = bins_per_column(len(columns) + len(outputs))
    output_bins = {name: numeric(values, max_bins) for name, values in outputs.items()}
    return Profile(columns, output_bins, metrics)


def dumps(profile: Profile) -> bytes:
    """Return the profile as JSON on one line; the same bytes for the same profile."""
    text = json.dumps(asdict(profile), separators=(",", ":"), ensure_ascii=False)
    return text.encode() + b"\n"


def loads(content: bytes) -> Profile:
    """Return the profile in JSON. Raises DataError for anything else."""

    def columns(key: str) -> dict[str, Column]:
        return {name: Column(**fields) for name, fields in content_fields[key].items()}

    try:
        content_fields = json.loads(content)
        return Profile(columns("columns"), columns("outputs"), content_fields["metrics"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise DataError(f"{FILE} of the bundle is damaged ({reason}); run `dvc repro`") from error
