"""Split keys of each row (hashes of key, group and features), written to disk by partition.

They decide a row's split, and prove that splits do not overlap.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lockstep.core.files import write_array
from lockstep.core.partitions import read_partition
from lockstep.core.schema import Dataset
from lockstep.data.distinct import count_overlap, hash_rows
from lockstep.data.splits import Rows, spans

if TYPE_CHECKING:
    import numpy as np

    SplitKeys = tuple[dict[str, np.ndarray], Any]


def roles(dataset: Dataset) -> dict[str, list[str]]:
    """Return the columns, by role, whose values may not, or should not, be in two splits."""
    result = {"keys": dataset.key, "features": dataset.numeric + dataset.categorical}
    return result | ({"groups": [dataset.group]} if dataset.group else {})


def read_split_keys(
    path: Path, dataset: Dataset, kind: str, split_of: dict[str, int]
) -> "SplitKeys":
    """Return the split keys of one partition, by name, and the spans of its times.

    Each key is of shape (rows,): hashes of the roles (uint64), of the classes where the split is
    stratified, and the split that the period gives (int8).

    Parameters
    ----------
    path : Path
        The partition.
    dataset : Dataset
        Its roles.
    kind : str
        Kind of split.
    split_of : dict
        Split of each period; empty if periods do not decide.
    """
    import numpy as np
    import pandas as pd

    frame = read_partition(path)
    result = {name: hash_rows(frame[columns]) for name, columns in roles(dataset).items()}
    if kind == "stratified":
        result["classes"] = hash_rows(frame[[dataset.target]])
    if not split_of:
        return result, None
    number, periods = pd.factorize(frame[dataset.period], use_na_sentinel=False)
    assigned = np.array([split_of[str(period)] for period in periods], dtype=np.int8)[number]
    times = spans(frame[dataset.time].to_numpy(), assigned) if dataset.time else None
    return result | {"assigned": assigned}, times


def files_of(name: str, count: int, folder: Path) -> list[Path]:
    """Return the files of one split key, by partition.

    Parameters
    ----------
    name : str
        The split key.
    count : int
        Number of partitions.
    folder : Path
        Where the files are.
    """
    return [file_of(name, number, folder) for number in range(count)]


def file_of(name: str, number: int, folder: Path) -> Path:
    """Return the file of one split key of a partition.

    Parameters
    ----------
    name : str
        The split key.
    number : int
        Number of the partition.
    folder : Path
        Where the file is.
    """
    return folder / f"{name}-{number:06d}.npy"


def spill(
    parts: Iterable["SplitKeys"], lengths: list[int], whole: dict[str, str], folder: Path
) -> tuple[Rows | None, list[Any]]:
    """Write each partition's split keys to files; return those of the whole table, and the spans.

    Parameters
    ----------
    parts : iterable of SplitKeys
        Of each partition.
    lengths : list of int
        Rows of each partition.
    whole : dict
        Name of the key for each field of Rows; empty if the whole table is not needed.
    folder : Path
        Where the files are written.
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
    """Return how many distinct values of each role are in two splits; None without a group.

    Parameters
    ----------
    files : list of Path
        The partitions.
    dataset : Dataset
        Its roles.
    folder : Path
        Where the split keys and the assigned splits are.
    """
    labels = files_of("assigned", len(files), folder)

    def count_shared(name: str, columns: list[str]) -> int:
        hashes = files_of(name, len(files), folder)
        return count_overlap(
            hashes, labels, lambda number, rows: read_partition(files[number], columns).take(rows)
        )

    counts = {name: count_shared(name, columns) for name, columns in roles(dataset).items()}
    return {
        "key_overlap": counts["keys"],
        "group_overlap": counts.get("groups"),
        "feature_duplicates": counts["features"],
    }


def whole_table_keys(kind: str) -> dict[str, str]:
    """Return the split keys needed of the whole table, by field of Rows: none where periods decide.

    Equal feature rows stay together at random, so that no test row is known from training.
    """
    if kind == "temporal":
        return {}
    units = "groups" if kind == "grouped" else "features"
    return {"units": units, "keys": "keys"} | (
        {"classes": "classes"} if kind == "stratified" else {}
    )
