"""Checks of ingested rows: each with a severity of fail, quarantine or warn."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from lockstep.core.schema import Column, Dataset

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

WORST = 3  # examples that a message names


@dataclass(frozen=True)
class Broken:
    """One check that rows of a partition broke; rows are positions, examples the worst, worst first."""

    name: str
    column: str
    severity: str
    count: int
    rows: list[int] = field(default_factory=list)
    examples: list[tuple[float, str]] = field(default_factory=list)  # how bad, what


@dataclass(frozen=True)
class Summary:
    """What the checks of the whole table need of one partition."""

    rows: int
    missing: dict[str, int]
    newest: str  # as text that sorts by time; empty where no row has a time
    targets: list[str]


def wrong(values: "pd.Series", column: Column) -> dict[str, "np.ndarray"]:
    """By check of a column the rows that break it, shape (rows,); a missing value breaks but one of them."""
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


def badness(values: "pd.Series", column: Column) -> "np.ndarray":
    """How far numbers lie outside their range, shape (rows,); 0 for anything else."""
    import numpy as np
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(values):
        return np.zeros(len(values))
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    low = -np.inf if column.min is None else column.min
    high = np.inf if column.max is None else column.max
    far: np.ndarray = np.fmax(
        np.fmax(numbers - high, low - numbers), 0.0
    )  # fmax: 0 for a missing one
    return far


def named(frame: "pd.DataFrame", row: int, key: list[str]) -> str:
    """A row by its key, for a message."""
    return ", ".join(f"{name} {frame[name].iloc[row]}" for name in key)


def broken(frame: "pd.DataFrame", dataset: Dataset) -> list[Broken]:
    """The column checks that rows of this partition break, by column and name; frame has a RangeIndex."""
    import numpy as np

    result = []
    for name, column in sorted(dataset.checks.columns.items()):
        for check, bad in sorted(wrong(frame[name], column).items()):
            rows = np.flatnonzero(bad)
            if not len(rows):
                continue
            far = badness(frame[name].iloc[rows], column)
            worst = np.argsort(-far, kind="stable")[:WORST]
            examples = [
                (
                    float(far[example]),
                    f"{frame[name].iloc[row]} ({named(frame, int(row), dataset.key)})",
                )
                for example, row in zip(worst, rows[worst], strict=True)
            ]
            severity = column.severity
            result.append(Broken(check, name, severity, len(rows), rows.tolist(), examples))
    return result


def separate(
    frame: "pd.DataFrame", broken_checks: list[Broken]
) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Valid rows, and quarantined rows with the names of the checks they broke."""
    names: dict[int, list[str]] = {}
    for check in broken_checks:
        if check.severity == "quarantine":
            for row in check.rows:
                names.setdefault(row, []).append(f"{check.column}: {check.name}")
    bad = sorted(names)
    reasons = ["; ".join(names[row]) for row in bad]
    return frame.drop(index=bad), frame.loc[bad].copy().assign(broken_checks=reasons)


def summarize(frame: "pd.DataFrame", dataset: Dataset) -> Summary:
    """Missing values, newest time and a few of the target's values."""
    import pandas as pd

    fresh = dataset.checks.freshness_column
    newest = frame[fresh].dropna().max() if fresh else None  # missing where no row has a time
    return Summary(
        rows=len(frame),
        missing=frame[list(dataset.checks.columns)].isna().sum().to_dict(),
        newest="" if pd.isna(newest) else str(newest),
        targets=[str(value) for value in frame[dataset.target].dropna().unique()[:2]],
    )


def of_table(parts: list[Summary], dataset: Dataset) -> list[Broken]:
    """Checks of the whole table: row count, freshness, share missing, and a target to learn from."""
    checks, rows = dataset.checks, sum(part.rows for part in parts)
    result = []

    def broke(name: str, column: str, severity: str, example: str) -> None:
        result.append(Broken(name, column, severity, 0, examples=[(0.0, example)]))

    if rows < checks.min_rows:
        broke(f"at least {checks.min_rows} rows", "", "fail", f"{rows} rows")
    if checks.max_rows is not None and rows > checks.max_rows:
        broke(f"at most {checks.max_rows} rows", "", "fail", f"{rows} rows")
    newest, fresh = max((part.newest for part in parts), default=""), checks.freshness_column
    if fresh and checks.not_before:
        times = checks.columns[fresh].type == "datetime"
        oldest = str(datetime.fromisoformat(checks.not_before)) if times else checks.not_before
        if newest < oldest:
            what = newest or "no row has a time"
            broke(f"not before {checks.not_before}", fresh, "fail", what)
    for name, column in checks.columns.items():
        share = sum(part.missing[name] for part in parts) / max(rows, 1)
        if column.max_missing is not None and share > column.max_missing:
            severity = "fail" if column.severity == "fail" else "warn"  # no row is to blame
            broke(f"at most {column.max_missing:.1%} missing", name, severity, f"{share:.1%}")
    if len({value for part in parts for value in part.targets}) < 2:
        only = ", ".join({value for part in parts for value in part.targets}) or "none"
        broke("two or more values", dataset.target, "fail", f"only {only}")
    return result
