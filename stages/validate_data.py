"""Check schema and quality; rows that break a check go to quarantine with the checks' names.

Reads data/ingested/, writes data/validated/, data/quarantine/ and metrics/data.json. Depends on
dataset.checks. A check of severity fail stops the pipeline.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.config import load
from lockstep.core.engine import executor
from lockstep.core.errors import DataError
from lockstep.core.files import fresh, write_array, write_json
from lockstep.core.partitions import copy, paths, read, write
from lockstep.core.schema import Dataset
from lockstep.core.stage import run
from lockstep.data.distinct import hashed, repeated
from lockstep.data.partition_cache import Made, Task, map_partitions
from lockstep.data.quality import (
    WORST,
    Broken,
    Summary,
    broken,
    named,
    of_table,
    separate,
    summarize,
)

if TYPE_CHECKING:
    import pandas as pd

INGESTED, VALIDATED = Path("data/ingested"), Path("data/validated")
QUARANTINE = Path("data/quarantine")
KEYS = Path(".cache/keys")  # hashes of each partition's keys, while the stage runs


def write_apart(name: str, frame: "pd.DataFrame", broken_checks: list[Broken]) -> list[Path]:
    """Write one partition's valid and quarantined rows where they belong; the files that were written."""
    valid, quarantined = separate(frame, broken_checks)
    if not len(quarantined):
        copy(INGESTED / name, VALIDATED / name)
        return [VALIDATED / name]
    write(valid, VALIDATED / name)
    write(quarantined, QUARANTINE / name)
    return [VALIDATED / name, QUARANTINE / name]


def examine(path: Path, dataset: Dataset) -> Made:
    """Check one partition and write its rows apart: what it holds, and the checks that its rows break."""
    frame = read(path)
    result, summary = broken(frame, dataset), summarize(frame, dataset)
    files = write_apart(path.name, frame, result)
    keys = KEYS / f"{path.stem}.npy"
    keys.parent.mkdir(parents=True, exist_ok=True)  # a worker may have a folder of its own
    write_array(keys, hashed(frame[dataset.key]))
    return {
        "files": [file.as_posix() for file in files],
        "beside": keys.as_posix(),
        "summary": vars(summary),
        "broken": [vars(check) for check in result],
    }


def duplicates(path: Path, rows: list[int], dataset: Dataset) -> Broken:
    """The rows of one partition whose key stands earlier in the table."""
    frame = read(path, dataset.key)
    worst = [(0.0, named(frame, row, dataset.key)) for row in rows[:WORST]]
    severity = dataset.checks.unique_key
    return Broken("unique key", " ".join(dataset.key), severity, len(rows), rows, worst)


def stop_at_failures(broken_checks: list[Broken], dataset: Dataset) -> None:
    """Raise DataError for the first check of severity fail, with the worst examples of the table."""
    failures = [check for check in broken_checks if check.severity == "fail"]
    if not failures:
        return
    name, column = failures[0].name, failures[0].column
    same = [check for check in failures if (check.name, check.column) == (name, column)]
    worst = sorted(
        (example for check in same for example in check.examples), key=lambda example: -example[0]
    )
    count = sum(check.count for check in same)
    raise DataError(
        f"{dataset.raw}: {f'column {column}, ' if column else ''}check '{name}' failed"
        f"{f' in {count} rows' if count else ''}: {'; '.join(text for _, text in worst[:WORST])};"
        f" mend the source, or the check in conf/dataset/{dataset.name}.yaml"
    )


def records(broken_checks: list[Broken]) -> list[dict[str, Any]]:
    """One record a check that broke, rows summed over partitions, in name order."""
    rows: dict[tuple[str, str, str], int] = {}
    for check in broken_checks:
        identity = (check.column, check.name, check.severity)
        rows[identity] = rows.get(identity, 0) + check.count
    return [
        {"column": column, "name": name, "severity": severity, "rows": count}
        for (column, name, severity), count in sorted(rows.items())
    ]


def quarantined(broken_checks: list[Broken]) -> int:
    """How many rows of a partition are in quarantine."""
    return len(
        {row for check in broken_checks if check.severity == "quarantine" for row in check.rows}
    )


def check_all(files: list[Path], dataset: Dataset, results: list[Made]) -> dict[str, Any]:
    """The checks across partitions: rows with a key that was there before go to quarantine as well.

    Returns metrics/data.json. Raises DataError for a check of severity fail, and where no row is valid.
    """
    summaries = [Summary(**result["summary"]) for result in results]
    by_file = [[Broken(**check) for check in result["broken"]] for result in results]
    keys = [KEYS / f"{path.stem}.npy" for path in files]
    again = repeated(keys, lambda number, rows: read(files[number], dataset.key).take(rows))
    for number, rows in again.items():
        by_file[number].append(duplicates(files[number], rows.tolist(), dataset))
        write_apart(files[number].name, read(files[number]), by_file[number])
    found = of_table(summaries, dataset) + [check for checks in by_file for check in checks]
    stop_at_failures(found, dataset)
    ingested = sum(summary.rows for summary in summaries)
    bad = sum(map(quarantined, by_file))
    if ingested == bad:
        raise DataError(
            f"{dataset.raw}: no row is valid; data/quarantine/ says why for each: mend the source, "
            f"or the checks in conf/dataset/{dataset.name}.yaml"
        )
    counts = {"ingested": ingested, "validated": ingested - bad, "quarantined": bad}
    return {**counts, "checks": records(found)}


def main() -> None:
    """Check every partition and the table; write rows where they belong and count them all."""
    config = load()
    dataset, files = config.dataset, paths(INGESTED)
    for folder in (VALIDATED, QUARANTINE, KEYS):
        fresh(folder)
    tasks = [Task([path], (path, dataset)) for path in files]
    with executor(config.engine) as pool:
        meaning = [asdict(dataset.checks), dataset.key, dataset.target]
        results = map_partitions(pool, "validate_data", examine, tasks, meaning)
    try:
        result = check_all(files, dataset, results)
    except DataError:
        fresh(VALIDATED)
        raise
    finally:
        fresh(KEYS).rmdir()
    write_json(Path("metrics/data.json"), result)
    print(f"{result['validated']:,} rows are valid, {result['quarantined']:,} are in quarantine")


if __name__ == "__main__":
    run("validate_data", main)
