"""Checks of ingested rows: each with a severity of fail, quarantine or warn."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from lockstep.core.schema import Column, Dataset

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

WORST = 3  # named in a message


@dataclass(frozen=True)
class Broken:
    """One check that rows of a partition broke; rows are positions, examples the worst rows, worst first."""

    name: str
    column: str
    severity: str
    count: int
    rows: list[int] = field(default_factory=list)
    examples: list[tuple[float, str]] = field(default_factory=list)  # how far outside, text


@dataclass(frozen=True)
class Summary:
    """Statistics of one partition for the checks of the whole table."""

    rows: int
    missing: dict[str, int]
    newest: str  # as text that sorts by time; empty where no row has a time
    targets: list[str]


def invalid_rows(values: "pd.Series", column: Column) -> dict[str, "np.ndarray"]:
    """Return, by check of a column, which rows break it, shape (rows,); a missing value breaks one."""
    import numpy as np

    missing = values.isna().to_numpy()
    result = {} if column.nullable else {"not missing": missing}
    if column.type in ("int", "float"):
        numbers = values.to_numpy(na_value=np.nan) if missing.any() else values.to_numpy()
        if column.min is not None:
            result[f"at least {column.min:g}"] = numbers < column.min
        if column.max is not None:
            result[f"at most {column.max:g}"] = numbers > column.max
        if column.type == "float":
            result["finite"] = np.isinf(numbers)
    if column.allowed is not None:
        unknown = ~values.isin(column.allowed).to_numpy()
        result[f"one of {', '.join(column.allowed)}"] = unknown & ~missing
    if column.pattern is not None:
        unlike = ~values.str.match(column.pattern).to_numpy(dtype=bool)
        result[f"like {column.pattern}"] = unlike & ~missing
    return result


def distance_outside(values: "pd.Series", column: Column) -> "np.ndarray":
    """Return how far numbers lie outside their range, shape (rows,); 0 for anything else."""
    import numpy as np
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(values):
        return np.zeros(len(values))
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    low = -np.inf if column.min is None else column.min
    high = np.inf if column.max is None else column.max
    # fmax: 0 for a missing one
    distance: np.ndarray = np.fmax(np.fmax(numbers - high, low - numbers), 0.0)
    return distance


def named(frame: "pd.DataFrame", row: int, key: list[str]) -> str:
    """Return the key of a row, for a message.

    Parameters
    ----------
    frame : DataFrame
        The partition.
    row : int
        Position of the row.
    key : list of str
        Columns that name a row.
    """
    return ", ".join(f"{name} {frame[name].iloc[row]}" for name in key)


def worst_examples(
    frame: "pd.DataFrame", name: str, rows: "np.ndarray", dataset: Dataset
) -> list[tuple[float, str]]:
    """Return the worst of the rows that break a check, worst first.

    Parameters
    ----------
    frame : DataFrame
        The partition.
    name : str
        The column.
    rows : int array
        Positions of the rows that break the check.
    dataset : Dataset
        Its checks and its key.

    Returns
    -------
    list
        For each example how far it lies outside the column's range, and its value and key.
    """
    import numpy as np

    distance = distance_outside(frame[name].iloc[rows], dataset.checks.columns[name])
    worst = np.argsort(-distance, kind="stable")[:WORST]
    return [
        (float(distance[n]), f"{frame[name].iloc[row]} ({named(frame, int(row), dataset.key)})")
        for n, row in zip(worst, rows[worst], strict=True)
    ]


def find_broken(frame: "pd.DataFrame", dataset: Dataset) -> list[Broken]:
    """Return the column checks that rows of a partition break, by column and name.

    The frame has a RangeIndex.
    """
    import numpy as np

    result = []
    for name, column in sorted(dataset.checks.columns.items()):
        for check, is_invalid in sorted(invalid_rows(frame[name], column).items()):
            rows = np.flatnonzero(is_invalid)
            if len(rows):
                examples = worst_examples(frame, name, rows, dataset)
                positions = rows.tolist()
                result.append(Broken(check, name, column.severity, len(rows), positions, examples))
    return result


def separate(
    frame: "pd.DataFrame", broken_checks: list[Broken]
) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Return valid rows, and quarantined rows with the names of the checks that they broke."""
    names: dict[int, list[str]] = {}
    for check in broken_checks:
        if check.severity == "quarantine":
            for row in check.rows:
                names.setdefault(row, []).append(f"{check.column}: {check.name}")
    quarantined = sorted(names)
    reasons = ["; ".join(names[row]) for row in quarantined]
    return frame.drop(index=quarantined), frame.loc[quarantined].copy().assign(
        broken_checks=reasons
    )


def summarize(frame: "pd.DataFrame", dataset: Dataset) -> Summary:
    """Return missing values, the newest time and two of the target's values."""
    import pandas as pd

    fresh = dataset.checks.freshness_column
    newest = frame[fresh].dropna().max() if fresh else None  # missing where no row has a time
    return Summary(
        rows=len(frame),
        missing=frame[list(dataset.checks.columns)].isna().sum().to_dict(),
        newest="" if pd.isna(newest) else str(newest),
        targets=[str(value) for value in frame[dataset.target].dropna().unique()[:2]],
    )


def table_failure(name: str, column: str, example: str, severity: str = "fail") -> Broken:
    """Return a broken check of the whole table, which no single row broke.

    Parameters
    ----------
    name, column : str
        The check and its column.
    example : str
        What the table has instead.
    severity : str
        fail or warn.
    """
    return Broken(name, column, severity, 0, examples=[(0.0, example)])


def check_row_count(rows: int, dataset: Dataset) -> list[Broken]:
    """Check that the table has neither too few nor too many rows."""
    checks = dataset.checks
    if rows < checks.min_rows:
        return [table_failure(f"at least {checks.min_rows} rows", "", f"{rows} rows")]
    if checks.max_rows is not None and rows > checks.max_rows:
        return [table_failure(f"at most {checks.max_rows} rows", "", f"{rows} rows")]
    return []


def check_newest(newest: str, dataset: Dataset) -> list[Broken]:
    """Check that the newest row is new enough."""
    name, not_before = dataset.checks.freshness_column, dataset.checks.not_before
    if not name or not not_before:
        return []
    is_datetime = dataset.checks.columns[name].type == "datetime"
    oldest = str(datetime.fromisoformat(not_before)) if is_datetime else not_before
    if newest >= oldest:
        return []
    return [table_failure(f"not before {not_before}", name, newest or "no row has a time")]


def check_missing(parts: list[Summary], dataset: Dataset) -> list[Broken]:
    """Check the share of missing values of each column."""
    result, rows = [], max(sum(part.rows for part in parts), 1)
    for name, column in dataset.checks.columns.items():
        share = sum(part.missing[name] for part in parts) / rows
        if column.max_missing is not None and share > column.max_missing:
            severity = "fail" if column.severity == "fail" else "warn"  # no row is to blame
            check = f"at most {column.max_missing:.1%} missing"
            result.append(table_failure(check, name, f"{share:.1%}", severity))
    return result


def check_target(parts: list[Summary], dataset: Dataset) -> list[Broken]:
    """Check that the target has two values or more."""
    values = {value for part in parts for value in part.targets}
    if len(values) >= 2:
        return []
    return [
        table_failure("two or more values", dataset.target, f"only {', '.join(values) or 'none'}")
    ]


def check_table(parts: list[Summary], dataset: Dataset) -> list[Broken]:
    """Return the broken checks of the whole table: row count, freshness, share missing, target."""
    newest = max((part.newest for part in parts), default="")
    return [
        *check_row_count(sum(part.rows for part in parts), dataset),
        *check_newest(newest, dataset),
        *check_missing(parts, dataset),
        *check_target(parts, dataset),
    ]
