"""Assign every row to train, valid or test, and prove that the three do not overlap.

Reads data/features/, writes data/splits/ and metrics/split.json. Depends on split, seed and dataset.
"""

from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.config import load_config
from lockstep.core.engine import executor
from lockstep.core.errors import DataError
from lockstep.core.files import fresh, write_array, write_json
from lockstep.core.partitions import (
    copy_partition,
    count_rows,
    partition_paths,
    read_partition,
    write_partition,
)
from lockstep.core.schema import Config, Dataset
from lockstep.core.stage import run
from lockstep.data.split_keys import files_of, proof, read_split_keys, spill, whole_table_keys
from lockstep.data.split_summary import PartitionSummary, target_rates, time_span
from lockstep.data.splits import SPLITS, assign, in_order, split_of_period

if TYPE_CHECKING:
    import numpy as np

FEATURES, TARGET = Path("data/features"), Path("data/splits")
SPILLED = Path(".cache/split")  # while the stage runs


def find_periods(path: Path, column: str) -> list[str]:
    """Return the distinct periods of one partition, as text."""
    return sorted({str(period) for period in read_partition(path, [column])[column].unique()})


def require_no_overlap(kind: str, proof_record: dict[str, Any]) -> None:
    """Raise DataError that names what overlaps and may not under this kind of split."""
    broken = ["key_overlap"] if proof_record["key_overlap"] else []
    if kind == "temporal" and proof_record["boundary_ok"] is False:
        broken.append("boundary_ok")
    if kind == "grouped" and proof_record["group_overlap"]:
        broken.append("group_overlap")
    if kind in ("random", "stratified") and proof_record["feature_duplicates"]:
        broken.append("feature_duplicates")
    if broken:
        raise DataError(
            f"{FEATURES}: the splits overlap: {broken[0]} is {proof_record[broken[0]]}; "
            "look at dataset.key, dataset.period and dataset.time in conf/dataset/"
        )


def write_splits(path: Path, assigned: "np.ndarray", dataset: Dataset) -> PartitionSummary:
    """Write one partition's rows to their splits.

    assigned, shape (n_rows,), holds the number of each row's split.
    """
    import numpy as np

    is_whole = len(np.unique(assigned)) == 1  # goes to one split: nothing need be written anew
    needed = [dataset.target, *([dataset.time] if dataset.time else [])]
    frame = read_partition(path, needed if is_whole else None)
    targets, times = {}, {}
    for number, split in enumerate(SPLITS):
        rows = frame[assigned == number]
        if len(rows):
            if is_whole:
                copy_partition(path, TARGET / split / path.name)
            else:
                write_partition(rows, TARGET / split / path.name)
            if dataset.time:
                times[split] = (rows[dataset.time].min(), rows[dataset.time].max())
        target = rows[dataset.target]
        if dataset.task == "regression":
            targets[split] = target.sum()
        else:
            targets[split] = target.value_counts().rename(index=str)
    return PartitionSummary(targets, times)


def assign_rows(files: list[Path], labels: list[Path], config: Config, pool: Executor) -> Any:
    """Write the split of every row to its partition's label file; return the times that order the splits.

    Only the few numbers that decide a row's split are read; they are spilled to disk by partition.
    """
    import numpy as np

    dataset, kind = config.dataset, config.split.kind
    all_periods: list[str] = []
    if kind == "temporal":
        for periods in pool.map(find_periods, files, [str(dataset.period)] * len(files)):
            all_periods += periods
    split_of = split_of_period(all_periods, config.split)
    arguments = zip(*((path, dataset, kind, split_of) for path in files), strict=True)
    n_rows = [count_rows(path) for path in files]
    keys = pool.map(read_split_keys, *arguments)
    rows, times = spill(keys, n_rows, whole_table_keys(kind), SPILLED)
    if rows is not None:
        assigned = assign(rows, config.split, config.seed)
        del rows  # before the partitions are read again
        by_partition = np.split(assigned, np.cumsum(n_rows)[:-1])
        for label, partition in zip(labels, by_partition, strict=True):
            write_array(label, partition)
    return times


def main() -> None:
    """Assign every row, prove that no split overlaps another, then write partition by partition."""
    import numpy as np

    config = load_config()
    dataset, kind = config.dataset, config.split.kind
    files = partition_paths(FEATURES)
    for folder in (*(TARGET / split for split in SPLITS), SPILLED):
        fresh(folder)
    labels = files_of("assigned", len(files), SPILLED)

    with executor(config.engine) as pool:
        times = assign_rows(files, labels, config, pool)
        proof_record = proof(files, dataset, SPILLED)
        proof_record["boundary_ok"] = None if times[0] is None else in_order(times)
        require_no_overlap(kind, proof_record)
        assigned = (np.load(label) for label in labels)
        summaries = list(pool.map(write_splits, files, assigned, [dataset] * len(files)))

    counts = [np.bincount(np.load(label), minlength=len(SPLITS) + 1) for label in labels]
    *counts_by_split, n_left_out = np.sum(counts, axis=0).tolist()
    fresh(SPILLED).rmdir()
    sizes = dict(zip(SPLITS, counts_by_split, strict=True))
    record = {
        "kind": kind,
        "sizes": sizes,
        "left_out": n_left_out,
        "span": {split: time_span(summaries, split) for split in SPLITS},
        "target_rate": target_rates(summaries, sizes, dataset.task),
        "proof": proof_record,
    }
    write_json(Path("metrics/split.json"), record)
    print(", ".join(f"{split} {n_rows:,}" for split, n_rows in sizes.items()))


if __name__ == "__main__":
    run("split", main)
