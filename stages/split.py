"""Assign every row to train, valid or test, and prove that the three do not overlap.

Reads data/features/, writes data/splits/ and metrics/split.json. Depends on split, seed and dataset.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.config import load
from lockstep.core.engine import executor
from lockstep.core.errors import DataError
from lockstep.core.files import fresh, write_array, write_json
from lockstep.core.partitions import copy, count, paths, read, write
from lockstep.core.schema import Config, Dataset
from lockstep.core.stage import run
from lockstep.data.split_keys import decided, decisive, files_of, proof, spill
from lockstep.data.splits import SPLITS, assign, by_period, in_order

if TYPE_CHECKING:
    import numpy as np

FEATURES, TARGET = Path("data/features"), Path("data/splits")
SPILLED = Path(".cache/split")  # while the stage runs


def periods(path: Path, column: str) -> list[str]:
    """The distinct periods of one partition, as text."""
    return sorted({str(period) for period in read(path, [column])[column].unique()})


def must_hold(kind: str, proven: dict[str, Any]) -> None:
    """Raise DataError that names what overlaps and may not under this kind of split."""
    wrong = ["key_overlap"] if proven["key_overlap"] else []
    if kind == "temporal" and proven["boundary_ok"] is False:
        wrong.append("boundary_ok")
    if kind == "grouped" and proven["group_overlap"]:
        wrong.append("group_overlap")
    if kind in ("random", "stratified") and proven["feature_duplicates"]:
        wrong.append("feature_duplicates")
    if wrong:
        raise DataError(
            f"{FEATURES}: the splits overlap: {wrong[0]} is {proven[wrong[0]]}; "
            "look at dataset.key, dataset.period and dataset.time in conf/dataset/"
        )


def write_apart(
    path: Path, assigned: "np.ndarray", dataset: Dataset
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write one partition's rows to their splits.

    Returns per split the target's counts, or its sum; and first and last time where there is one.
    """
    import numpy as np

    whole = len(np.unique(assigned)) == 1  # goes to one split: nothing need be written anew
    few = [dataset.target, *([dataset.time] if dataset.time else [])]
    frame = read(path, few if whole else None)
    targets, times = {}, {}
    for number, name in enumerate(SPLITS):
        rows = frame[assigned == number]
        if len(rows):
            if whole:
                copy(path, TARGET / name / path.name)
            else:
                write(rows, TARGET / name / path.name)
            if dataset.time:
                times[name] = (rows[dataset.time].min(), rows[dataset.time].max())
        target = rows[dataset.target]
        if dataset.task == "regression":
            targets[name] = target.sum()
        else:
            targets[name] = target.value_counts().rename(index=str)
    return targets, times


def span(parts: list[dict[str, Any]], name: str) -> list[str] | None:
    """First and last time of a split's rows; None for data without a time."""
    found = [part[name] for part in parts if name in part]
    if not found:
        return None
    return [str(min(low for low, _ in found)), str(max(high for _, high in found))]


def target_rates(parts: list[dict[str, Any]], sizes: dict[str, int], config: Config) -> Any:
    """The rate of the positive class, the last by name (binary), the target's mean (regression) or the
    shares of its classes, per split.
    """
    import pandas as pd

    if config.dataset.task == "regression":
        return {name: float(sum(part[name] for part in parts)) / sizes[name] for name in SPLITS}
    counts = {n: pd.concat([part[n] for part in parts]).groupby(level=0).sum() for n in SPLITS}
    if config.dataset.task == "binary":
        positive = max(name for count in counts.values() for name in count.index)
        return {name: float(counts[name].get(positive, 0)) / sizes[name] for name in SPLITS}
    return {name: (counts[name] / sizes[name]).sort_index().to_dict() for name in SPLITS}


def main() -> None:
    """Assign on the few numbers that decide, then write partition by partition."""
    import numpy as np

    config = load()
    dataset, kind = config.dataset, config.split.kind
    files = paths(FEATURES)
    for folder in (*(TARGET / name for name in SPLITS), SPILLED):
        fresh(folder)
    labels = files_of("assigned", len(files), SPILLED)
    with executor(config.engine) as pool:
        names = [str(dataset.period)] * len(files)
        each = pool.map(periods, files, names) if kind == "temporal" else []
        where = by_period([period for few in each for period in few], config.split)
        given = zip(*((path, dataset, kind, where) for path in files), strict=True)
        lengths = [count(path) for path in files]
        rows, times = spill(pool.map(decisive, *given), lengths, decided(kind), SPILLED)
        if rows is not None:
            assigned = assign(rows, config.split, config.seed)
            del rows  # before the partitions are read again
            for label, part in zip(
                labels, np.split(assigned, np.cumsum(lengths)[:-1]), strict=True
            ):
                write_array(label, part)
        proven = proof(files, dataset, SPILLED)
        proven["boundary_ok"] = None if times[0] is None else in_order(times)
        must_hold(kind, proven)
        under = (np.load(label) for label in labels)
        written = list(pool.map(write_apart, files, under, [dataset] * len(files)))
    counted = (np.bincount(np.load(label), minlength=len(SPLITS) + 1) for label in labels)
    *counts, left_out = np.sum(list(counted), axis=0).tolist()
    fresh(SPILLED).rmdir()
    sizes = dict(zip(SPLITS, counts, strict=True))
    targets, seen = zip(*written, strict=True)
    result = {
        "kind": kind,
        "sizes": sizes,
        "left_out": left_out,
        "span": {name: span(list(seen), name) for name in SPLITS},
        "target_rate": target_rates(list(targets), sizes, config),
        "proof": proven,
    }
    write_json(Path("metrics/split.json"), result)
    print(", ".join(f"{name} {count:,}" for name, count in sizes.items()))


if __name__ == "__main__":
    run("split", main)
