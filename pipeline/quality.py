"""Checks of ingested rows, on pandera: each with a severity of fail, quarantine or warn."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.config.schema import Column, Dataset

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


def schema(columns: dict[str, Column]) -> Any:
    """A pandera schema of named checks for the declared columns; types were set when ingested."""
    import numpy as np
    import pandera.pandas as pa

    def checks(column: Column) -> list[Any]:
        found = []
        if column.min is not None:
            found.append(pa.Check.ge(column.min, error=f"at least {column.min:g}"))
        if column.max is not None:
            found.append(pa.Check.le(column.max, error=f"at most {column.max:g}"))
        if column.allowed is not None:
            allowed = ", ".join(column.allowed)
            found.append(pa.Check.isin(column.allowed, error=f"one of {allowed}"))
        if column.pattern is not None:
            found.append(pa.Check.str_matches(column.pattern, error=f"like {column.pattern}"))
        if column.type == "float":
            found.append(pa.Check(lambda values: ~np.isinf(values), error="finite"))
        return found

    return pa.DataFrameSchema(
        {name: pa.Column(None, checks(c), nullable=c.nullable) for name, c in columns.items()}
    )


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
    """The column checks that rows of this partition break; frame has a RangeIndex."""
    import numpy as np
    import pandera.errors

    columns = dataset.checks.columns
    try:
        schema(columns).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        found = []
        for (name, check), cases in errors.failure_cases.groupby(["column", "check"], sort=True):
            column = columns[str(name)]
            rows = np.unique(cases["index"].to_numpy(dtype=int))
            far = badness(frame[name].iloc[rows], column)
            worst = np.argsort(-far, kind="stable")[:WORST]
            found.append(
                Broken(
                    name="not missing" if check == "not_nullable" else str(check),
                    column=str(name),
                    severity=column.severity,
                    count=len(rows),
                    rows=rows.tolist(),
                    examples=[
                        (
                            float(far[one]),
                            f"{frame[name].iloc[row]} ({named(frame, int(row), dataset.key)})",
                        )
                        for one, row in zip(worst, rows[worst], strict=True)
                    ],
                )
            )
        return found
    return []


def separate(frame: "pd.DataFrame", found: list[Broken]) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Valid rows, and quarantined rows with the names of the checks they broke."""
    names: dict[int, list[str]] = {}
    for check in found:
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
        missing={name: int(frame[name].isna().sum()) for name in dataset.checks.columns},
        newest="" if pd.isna(newest) else str(newest),
        targets=[str(value) for value in frame[dataset.target].dropna().unique()[:2]],
    )


def of_table(parts: list[Summary], dataset: Dataset) -> list[Broken]:
    """Checks of the whole table: row count, freshness, share missing, and a target to learn from."""
    checks, rows = dataset.checks, sum(part.rows for part in parts)
    found = []

    def broke(name: str, column: str, severity: str, example: str) -> None:
        found.append(Broken(name, column, severity, 0, examples=[(0.0, example)]))

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
    return found
