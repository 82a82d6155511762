"""The few numbers a row that decide its split and prove that splits do not overlap, on disk by partition."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.files import write_array
from lockstep.core.partitions import read
from lockstep.core.schema import Dataset
from lockstep.data.distinct import hashed, overlap
from lockstep.data.splits import Rows, spans

if TYPE_CHECKING:
    import numpy as np

    Decisive = tuple[dict[str, np.ndarray], Any]


def roles(dataset: Dataset) -> dict[str, list[str]]:
    """Columns whose values may not, or should not, stand in two splits."""
    result = {"keys": dataset.key, "features": dataset.numeric + dataset.categorical}
    return result | ({"groups": [dataset.group]} if dataset.group else {})


def decisive(path: Path, dataset: Dataset, kind: str, where: dict[str, int]) -> "Decisive":
    """Of one partition, what decides where its rows go and proves it, by name; and its times' spans.

    Each is of shape (rows,): hashes of the roles (uint64), of the classes where the split is stratified,
    and the split that the period gives (int8). where is the split of each period, empty if periods do not
    decide.
    """
    import numpy as np
    import pandas as pd

    frame = read(path)
    result = {name: hashed(frame[columns]) for name, columns in roles(dataset).items()}
    if kind == "stratified":
        result["classes"] = hashed(frame[[dataset.target]])
    if not where:
        return result, None
    number, periods = pd.factorize(frame[dataset.period], use_na_sentinel=False)
    assigned = np.array([where[str(period)] for period in periods], dtype=np.int8)[number]
    times = spans(frame[dataset.time].to_numpy(), assigned) if dataset.time else None
    return result | {"assigned": assigned}, times


def files_of(name: str, count: int, folder: Path) -> list[Path]:
    """The files of one of the numbers a row, by partition."""
    return [file_of(name, number, folder) for number in range(count)]


def file_of(name: str, number: int, folder: Path) -> Path:
    """The file of one of the numbers a row of a partition."""
    return folder / f"{name}-{number:06d}.npy"


def spill(
    parts: Iterable["Decisive"], lengths: list[int], whole: dict[str, str], folder: Path
) -> tuple[Rows | None, list[Any]]:
    """Write what each partition gave to its files; what decides for the table as a whole, and the spans.

    whole names that by its field of Rows; without it there is none.
    """
    import numpy as np

    columns = {field: np.empty(sum(lengths), dtype=np.uint64) for field in whole}
    times, start = [], 0
    for number, (part, span) in enumerate(parts):
        for name, values in part.items():
            write_array(file_of(name, number, folder), values)
        for field, name in whole.items():
            columns[field][start : start + lengths[number]] = part[name]
        start += lengths[number]
        times.append(span)
    return Rows(**columns) if whole else None, times


def proof(files: list[Path], dataset: Dataset, folder: Path) -> dict[str, Any]:
    """How many distinct values of each role stand in two splits; None without a group."""
    labels = files_of("assigned", len(files), folder)

    def found(name: str, columns: list[str]) -> int:
        hashes = files_of(name, len(files), folder)
        return overlap(hashes, labels, lambda number, rows: read(files[number], columns).take(rows))

    counts = {name: found(name, columns) for name, columns in roles(dataset).items()}
    return {
        "key_overlap": counts["keys"],
        "group_overlap": counts.get("groups"),
        "feature_duplicates": counts["features"],
    }


def decided(kind: str) -> dict[str, str]:
    """What decides for the table as a whole, by field of Rows: nothing where periods do.

    Equal feature rows stay together at random, so that no test row is known from training.
    """
    if kind == "temporal":
        return {}
    units = "groups" if kind == "grouped" else "features"
    return {"units": units, "keys": "keys"} | (
        {"classes": "classes"} if kind == "stratified" else {}
    )
