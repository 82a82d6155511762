"""Checks of ingested rows, on pandera: each with a severity of fail, quarantine or warn."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.schema import Checks, Column, Dataset

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Broken:
    """One check that rows broke: its name, column, severity and the rows' positions and values."""

    name: str
    column: str
    severity: str
    rows: list[int]
    examples: list[str]


def schema(columns: dict[str, Column]) -> Any:
    """A pandera schema of named checks for the declared columns; types were set when ingested."""
    import numpy as np
    import pandera.pandas as pa

    def checks(column: Column) -> list[Any]:
        found = []
        if column.min is not None:
            found.append(pa.Check.ge(column.min, name=f"at least {column.min:g}"))
        if column.max is not None:
            found.append(pa.Check.le(column.max, name=f"at most {column.max:g}"))
        if column.allowed is not None:
            found.append(pa.Check.isin(column.allowed, name="allowed value"))
        if column.pattern is not None:
            found.append(pa.Check.str_matches(column.pattern, name=f"pattern {column.pattern}"))
        if column.type == "float":
            found.append(pa.Check(lambda values: ~np.isinf(values), name="finite"))
        return found

    return pa.DataFrameSchema(
        {name: pa.Column(None, checks(c), nullable=c.nullable) for name, c in columns.items()}
    )


def broken(frame: "pd.DataFrame", checks: Checks) -> list[Broken]:
    """The column checks that rows of this partition break; frame has a RangeIndex."""
    import pandera.errors

    try:
        schema(checks.columns).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        found = []
        for (column, name), cases in errors.failure_cases.groupby(["column", "check"], sort=True):
            rows = sorted({int(row) for row in cases["index"] if row is not None})
            found.append(
                Broken(
                    name="not missing" if name == "not_nullable" else str(name),
                    column=str(column),
                    severity=checks.columns[str(column)].severity,
                    rows=rows,
                    examples=[str(value) for value in cases["failure_case"].head(3)],
                )
            )
        return found
    return []


def duplicates(keys: "pd.DataFrame", checks: Checks) -> Broken | None:
    """Rows whose key stands earlier in the table too; keys holds all partitions' key columns."""
    repeated = keys.duplicated()
    if not repeated.any():
        return None
    examples = [" ".join(map(str, row)) for row in keys[repeated].head(3).to_numpy()]
    rows = [int(row) for row in repeated.to_numpy().nonzero()[0]]
    return Broken("unique key", " ".join(keys), checks.unique_key, rows, examples)


def of_table(summary: "pd.DataFrame", rows: int, dataset: Dataset) -> list[Broken]:
    """Checks of the whole table: row count, freshness, share missing, and a target to learn from.

    summary has one row per column: missing (rows), newest (text) and classes (distinct values).
    """
    checks = dataset.checks
    found = []
    if rows < checks.min_rows or (checks.max_rows is not None and rows > checks.max_rows):
        found.append(Broken("row count", "", "fail", [], [f"{rows} rows"]))
    fresh = checks.freshness_column
    if fresh and checks.not_before and summary.loc[fresh, "newest"] < checks.not_before:
        newest = summary.loc[fresh, "newest"]
        found.append(Broken(f"newer than {checks.not_before}", fresh, "fail", [], [newest]))
    for name, column in checks.columns.items():
        share = summary.loc[name, "missing"] / max(rows, 1)
        if column.max_missing is not None and share > column.max_missing:
            wanted = f"at most {column.max_missing:.1%} missing"
            found.append(Broken(wanted, name, column.severity, [], [f"{share:.1%}"]))
    if summary.loc[dataset.target, "classes"] < 2:
        found.append(Broken("two or more values", dataset.target, "fail", [], ["one value"]))
    if summary.loc[dataset.target, "missing"] > 0:
        share = f"{summary.loc[dataset.target, 'missing']} rows missing"
        found.append(Broken("target is there", dataset.target, "fail", [], [share]))
    return found
