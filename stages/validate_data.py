"""Check schema and quality; rows that break a check go to quarantine with the checks' names.

Reads data/ingested/, writes data/validated/, data/quarantine/ and metrics/data.json. Depends on
dataset.checks. A check of severity fail stops the pipeline.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import load
from pipeline.errors import DataError, run
from pipeline.partitions import fresh, paths, read, read_all, write, write_json
from pipeline.quality import Broken, broken, duplicates, of_table
from pipeline.schema import Dataset

if TYPE_CHECKING:
    import pandas as pd

INGESTED, VALIDATED, QUARANTINE = (
    Path("data/ingested"),
    Path("data/validated"),
    Path("data/quarantine"),
)


def stop_at_failures(found: list[Broken], dataset: Dataset) -> None:
    """Raise DataError for the first check of severity fail, with up to three examples."""
    for check in found:
        if check.severity == "fail":
            column = f"column {check.column}, " if check.column else ""
            raise DataError(
                f"{dataset.raw}: {column}check '{check.name}' failed: {', '.join(check.examples)};"
                f" mend the source or conf/dataset/{dataset.name}.yaml"
            )


def summarize(frame: "pd.DataFrame", columns: list[str]) -> "pd.DataFrame":
    """Per column: rows missing, newest value as text, number of distinct values."""
    import pandas as pd

    return pd.DataFrame(
        {
            "missing": frame[columns].isna().sum(),
            "newest": [str(frame[name].dropna().astype(str).max()) for name in columns],
            "classes": [frame[name].nunique() for name in columns],
        },
        index=columns,
    )


def separate(frame: "pd.DataFrame", found: list[Broken]) -> tuple["pd.DataFrame", "pd.DataFrame"]:
    """Valid rows, and quarantined rows with the names of the checks they broke."""
    names: dict[int, list[str]] = {}
    for check in found:
        if check.severity == "quarantine":
            for row in check.rows:
                names.setdefault(row, []).append(f"{check.column}: {check.name}")
    bad = sorted(names)
    reasons = ["; ".join(names[row]) for row in bad]
    return frame.drop(index=bad), frame.loc[bad].assign(broken_checks=reasons)


def main() -> None:
    """Check each partition, then the table; write rows where they belong and count them all."""
    dataset = load().dataset
    columns = list(dataset.checks.columns)
    fresh(VALIDATED)
    fresh(QUARANTINE)
    table = read_all(INGESTED)
    stop_at_failures(of_table(summarize(table, columns), len(table), dataset), dataset)
    repeated = duplicates(table[dataset.key], dataset.checks)
    del table
    counts = {"ingested": 0, "validated": 0, "quarantined": 0}
    records: dict[tuple[str, str, str], int] = {}
    for path in paths(INGESTED):
        frame = read(path)
        found = broken(frame, dataset.checks)
        if repeated:
            first = counts["ingested"]
            here = [row - first for row in repeated.rows if 0 <= row - first < len(frame)]
            found.append(
                Broken(repeated.name, repeated.column, repeated.severity, here, repeated.examples)
            )
        stop_at_failures(found, dataset)
        valid, quarantined = separate(frame, found)
        write(valid, VALIDATED / path.name)
        if len(quarantined):
            write(quarantined, QUARANTINE / path.name)
        counts["ingested"] += len(frame)
        counts["validated"] += len(valid)
        counts["quarantined"] += len(quarantined)
        for check in found:
            identity = (check.name, check.column, check.severity)
            records[identity] = records.get(identity, 0) + len(check.rows)
    checks = [
        {"name": name, "column": column, "severity": severity, "rows": rows}
        for (name, column, severity), rows in sorted(records.items())
    ]
    write_json(Path("metrics/data.json"), {**counts, "checks": checks})


if __name__ == "__main__":
    run("validate_data", main)
