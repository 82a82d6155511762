"""A sample of a table's rows by a hash of their keys: it hardly changes as the table grows."""

from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.partitions import read_partition
from lockstep.data.distinct import hash_rows

if TYPE_CHECKING:
    import numpy as np


def random_numbers(keys: "np.ndarray", seed: int) -> "np.ndarray":
    """Return a pseudo-random number for each key's hash, uint64 (the last step of SplitMix64)."""
    import numpy as np

    mixed = keys + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return mixed ^ mixed >> np.uint64(31)


def sample_rows(files: list[Path], key: list[str], rows: int, seed: int) -> list["np.ndarray"]:
    """Return positions of the sample's rows in each partition, ascending.

    It takes 8 bytes for each row of the sample and one partition's keys.

    Parameters
    ----------
    files : list of Path
        The partitions.
    key : list of str
        Columns that name a row.
    rows : int
        Size of the sample; a table with fewer rows is taken whole.
    seed : int
        Decides which rows.
    """
    import numpy as np

    def numbers(path: Path) -> np.ndarray:
        return random_numbers(hash_rows(read_partition(path, key)), seed)

    lowest = np.array([], dtype=np.uint64)
    for path in files:
        lowest = np.append(lowest, numbers(path))
        if len(lowest) > rows:
            lowest = np.partition(lowest, rows - 1)[:rows]
    last = lowest.max(initial=np.uint64(0))
    return [np.flatnonzero(numbers(path) <= last) for path in files]
