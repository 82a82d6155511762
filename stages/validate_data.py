"""Check schema and quality; rows that break a check go to quarantine with the checks' names.

Reads data/ingested/, writes data/validated/, data/quarantine/ and metrics/data.json. Depends on
dataset.checks. A check of severity fail stops the pipeline.
"""

from pathlib import Path
from typing import Any

from pipeline.config import load
from pipeline.config.schema import Dataset
from pipeline.engine import executor
from pipeline.partitions import paths, read, write
from pipeline.quality import (
    WORST,
    Broken,
    Summary,
    broken,
    named,
    of_table,
    repeated,
    separate,
    summarize,
)
from pipeline.stage import run
from pipeline.stage.errors import DataError
from pipeline.stage.files import fresh, write_json

INGESTED, VALIDATED = Path("data/ingested"), Path("data/validated")
QUARANTINE = Path("data/quarantine")


def examine(path: Path, dataset: Dataset) -> tuple[Summary, list[Broken]]:
    """What one partition holds, and the checks that its rows break."""
    frame = read(path)
    return summarize(frame, dataset), broken(frame, dataset)


def duplicates(path: Path, rows: list[int], dataset: Dataset) -> Broken:
    """The rows of one partition whose key stands earlier in the table."""
    frame = read(path, dataset.key)
    worst = [(0.0, named(frame, row, dataset.key)) for row in rows[:WORST]]
    severity = dataset.checks.unique_key
    return Broken("unique key", " ".join(dataset.key), severity, len(rows), rows, worst)


def stop_at_failures(found: list[Broken], dataset: Dataset) -> None:
    """Raise DataError for the first check of severity fail, with the worst examples of the table."""
    failures = [check for check in found if check.severity == "fail"]
    if not failures:
        return
    name, column = failures[0].name, failures[0].column
    same = [check for check in failures if (check.name, check.column) == (name, column)]
    worst = sorted((one for check in same for one in check.examples), key=lambda one: -one[0])
    count = sum(check.count for check in same)
    raise DataError(
        f"{dataset.raw}: {f'column {column}, ' if column else ''}check '{name}' failed"
        f"{f' in {count} rows' if count else ''}: {'; '.join(text for _, text in worst[:WORST])};"
        f" mend the source, or the check in conf/dataset/{dataset.name}.yaml"
    )


def write_apart(path: Path, found: list[Broken]) -> tuple[int, int]:
    """Write one partition's valid and quarantined rows where they belong; how many of each."""
    valid, quarantined = separate(read(path), found)
    write(valid, VALIDATED / path.name)
    if len(quarantined):
        write(quarantined, QUARANTINE / path.name)
    return len(valid), len(quarantined)


def records(found: list[Broken]) -> list[dict[str, Any]]:
    """One record a check that broke, rows summed over partitions, in name order."""
    rows: dict[tuple[str, str, str], int] = {}
    for check in found:
        identity = (check.column, check.name, check.severity)
        rows[identity] = rows.get(identity, 0) + check.count
    return [
        {"column": column, "name": name, "severity": severity, "rows": count}
        for (column, name, severity), count in sorted(rows.items())
    ]


def main() -> None:
    """Check every partition and the table; then write rows where they belong and count them all."""
    config = load()
    dataset = config.dataset
    files = paths(INGESTED)
    fresh(VALIDATED)
    fresh(QUARANTINE)
    with executor(config.engine) as pool:
        examined = list(pool.map(examine, files, [dataset] * len(files)))
        summaries = [summary for summary, _ in examined]
        by_file = [found for _, found in examined]
        for number, rows in enumerate(repeated([summary.keys for summary in summaries])):
            if len(rows):
                by_file[number].append(duplicates(files[number], rows.tolist(), dataset))
        table = of_table(summaries, dataset)
        found = table + [check for checks in by_file for check in checks]
        stop_at_failures(found, dataset)
        counts = list(pool.map(write_apart, files, by_file))
    validated, quarantined = (sum(pair[side] for pair in counts) for side in (0, 1))
    if validated == 0:
        raise DataError(
            f"{dataset.raw}: no row is valid; data/quarantine/ says why for each: mend the source, "
            f"or the checks in conf/dataset/{dataset.name}.yaml"
        )
    ingested = sum(summary.rows for summary in summaries)
    result = {"ingested": ingested, "validated": validated, "quarantined": quarantined}
    write_json(Path("metrics/data.json"), {**result, "checks": records(found)})
    print(f"{validated:,} rows are valid, {quarantined:,} are in quarantine")


if __name__ == "__main__":
    run("validate_data", main)
