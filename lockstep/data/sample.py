"""A sample of a table's rows that a hash of their keys decides: it hardly changes as the table grows."""

from pathlib import Path
from typing import TYPE_CHECKING

from lockstep.core.partitions import read
from lockstep.data.distinct import hashed

if TYPE_CHECKING:
    import numpy as np


def lot(keys: "np.ndarray", seed: int) -> "np.ndarray":
    """A number of each key's hash, uint64, as if drawn at random for the seed (SplitMix64's last step)."""
    import numpy as np

    mixed = keys + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
    mixed = (mixed ^ mixed >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ mixed >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return mixed ^ mixed >> np.uint64(31)


def sampled(files: list[Path], key: list[str], rows: int, seed: int) -> list["np.ndarray"]:
    """Positions of the sample's rows in each partition, ascending: the rows with the lowest lots.

    So many rows, or all where there are fewer. Takes 8 bytes for each of them and one partition's keys.
    """
    import numpy as np

    def lots(path: Path) -> np.ndarray:
        return lot(hashed(read(path, key)), seed)

    lowest = np.array([], dtype=np.uint64)
    for path in files:
        lowest = np.append(lowest, lots(path))
        if len(lowest) > rows:
            lowest = np.partition(lowest, rows - 1)[:rows]
    last = lowest.max(initial=np.uint64(0))
    return [np.flatnonzero(lots(path) <= last) for path in files]
