"""Check schema and quality; rows that break a check go to quarantine with the checks' names.

Reads data/ingested/, writes data/validated/, data/quarantine/ and metrics/data.json. Depends on
dataset.checks. A check of severity fail stops the pipeline.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.config import load_config
from lockstep.core.engine import executor
from lockstep.core.errors import DataError
from lockstep.core.files import fresh, write_array, write_json
from lockstep.core.partitions import (
    copy_partition,
    partition_paths,
    read_partition,
    write_partition,
)
from lockstep.core.schema import Dataset
from lockstep.core.stage import run
from lockstep.data.distinct import find_repeated, hash_rows
from lockstep.data.partition_cache import Made, Task, map_partitions
from lockstep.data.quality import (
    WORST,
    Broken,
    Summary,
    check_table,
    find_broken,
    named,
    separate,
    summarize,
)

if TYPE_CHECKING:
    import pandas as pd

INGESTED, VALIDATED = Path("data/ingested"), Path("data/validated")
QUARANTINE = Path("data/quarantine")
KEYS = Path(".cache/keys")  # hashes of each partition's keys, while the stage runs


def write_apart(name: str, frame: "pd.DataFrame", broken_checks: list[Broken]) -> list[Path]:
    """Write one partition's valid and quarantined rows to their folders; return the written files.

    Parameters
    ----------
    name : str
        The partition's file.
    frame : DataFrame
        Its rows.
    broken_checks : list of Broken
        The checks that its rows broke.
    """
    valid, quarantined = separate(frame, broken_checks)
    if not len(quarantined):
        copy_partition(INGESTED / name, VALIDATED / name)
        return [VALIDATED / name]
    write_partition(valid, VALIDATED / name)
    write_partition(quarantined, QUARANTINE / name)
    return [VALIDATED / name, QUARANTINE / name]


def check_partition(path: Path, dataset: Dataset) -> Made:
    """Check one partition and write its rows; return its summary and the checks that its rows broke."""
    frame = read_partition(path)
    result, summary = find_broken(frame, dataset), summarize(frame, dataset)
    files = write_apart(path.name, frame, result)
    keys = KEYS / f"{path.stem}.npy"
    keys.parent.mkdir(parents=True, exist_ok=True)  # a worker may have a folder of its own
    write_array(keys, hash_rows(frame[dataset.key]))
    return {
        "files": [file.as_posix() for file in files],
        "beside": keys.as_posix(),
        "summary": vars(summary),
        "broken": [vars(check) for check in result],
    }


def repeated_keys(path: Path, rows: list[int], dataset: Dataset) -> Broken:
    """Return the broken check of the rows of one partition whose key an earlier row has.

    Parameters
    ----------
    path : Path
        The partition.
    rows : list of int
        Positions of the rows.
    dataset : Dataset
        Its key, and the severity of a repeated one.
    """
    frame = read_partition(path, dataset.key)
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
    """Return a record for each broken check, rows summed over partitions, in name order."""
    rows: dict[tuple[str, str, str], int] = {}
    for check in broken_checks:
        identity = (check.column, check.name, check.severity)
        rows[identity] = rows.get(identity, 0) + check.count
    return [
        {"column": column, "name": name, "severity": severity, "rows": count}
        for (column, name, severity), count in sorted(rows.items())
    ]


def count_quarantined(broken_checks: list[Broken]) -> int:
    """Return how many rows of a partition are in quarantine."""
    return len(
        {row for check in broken_checks if check.severity == "quarantine" for row in check.rows}
    )


def check_all(files: list[Path], dataset: Dataset, results: list[Made]) -> dict[str, Any]:
    """Check across partitions: rows with a repeated key go to quarantine as well.

    Parameters
    ----------
    files : list of Path
        The partitions.
    dataset : Dataset
        Its checks.
    results : list of dict
        What check_partition returned for each.

    Returns
    -------
    dict
        metrics/data.json.

    Raises
    ------
    DataError
        For a check of severity fail, and where no row is valid.
    """
    summaries = [Summary(**result["summary"]) for result in results]
    by_file = [[Broken(**check) for check in result["broken"]] for result in results]
    keys = [KEYS / f"{path.stem}.npy" for path in files]
    repeated_rows = find_repeated(
        keys, lambda number, rows: read_partition(files[number], dataset.key).take(rows)
    )
    for number, rows in repeated_rows.items():
        by_file[number].append(repeated_keys(files[number], rows.tolist(), dataset))
        write_apart(files[number].name, read_partition(files[number]), by_file[number])
    broken_checks = check_table(summaries, dataset)
    broken_checks += [check for checks in by_file for check in checks]
    stop_at_failures(broken_checks, dataset)
    ingested = sum(summary.rows for summary in summaries)
    n_quarantined = sum(map(count_quarantined, by_file))
    if ingested == n_quarantined:
        raise DataError(
            f"{dataset.raw}: no row is valid; data/quarantine/ says why for each: mend the source, "
            f"or the checks in conf/dataset/{dataset.name}.yaml"
        )
    counts = {
        "ingested": ingested,
        "validated": ingested - n_quarantined,
        "quarantined": n_quarantined,
    }
    return {**counts, "checks": records(broken_checks)}


def main() -> None:
    """Check every partition and the table; write valid and quarantined rows, and their counts."""
    config = load_config()
    dataset, files = config.dataset, partition_paths(INGESTED)
    for folder in (VALIDATED, QUARANTINE, KEYS):
        fresh(folder)
    tasks = [Task([path], (path, dataset)) for path in files]
    with executor(config.engine) as pool:
        parameters = [asdict(dataset.checks), dataset.key, dataset.target]
        results = map_partitions(pool, "validate_data", check_partition, tasks, parameters)
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
