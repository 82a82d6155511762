"""Which rows of a table hold equal values, exactly, in the memory of a few partitions.

Each partition's hashes, 64 bits a row, are a file; sorted, they are a run. Runs are merged one range of
hashes at a time. Different hashes mean different values; where hashes are equal the values themselves are
read and compared, so that a collision decides nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Read = Callable[[int, np.ndarray], pd.DataFrame]  # a partition's values at these rows

TOGETHER = 2**20  # hashes merged at a time, 8 bytes each
SUSPECTS = 2**18  # hashes whose values are compared in one pass
NOWHERE = 3  # the label of rows that belong to no split
MARK = 3  # the bits of a run's hash that a label takes


def hash_rows(frame: "pd.DataFrame") -> "np.ndarray":
    """Return the hash of each row's values, shape (rows,), uint64: equal values have equal hashes."""
    import pandas as pd

    result: np.ndarray = pd.util.hash_pandas_object(frame, index=False).to_numpy()
    return result


def save_run(hashes: "np.ndarray", beside: Path) -> Path:
    """Write a partition's run beside the file of its hashes."""
    import numpy as np

    run = beside.with_name(f"{beside.stem}.run")
    run.write_bytes(np.sort(hashes).data)  # tofile() would not notice a full disk
    return run


def ranges(runs: list[Path]) -> Iterator["np.ndarray"]:
    """Yield the hashes of all runs, ascending, a range at a time; hashes that differ in MARK share one.

    Each run gives a hash twice at most: more copies add nothing and could fill a range.
    """
    import numpy as np

    total = sum(run.stat().st_size for run in runs) // 8
    count = max(-(-total // TOGETHER), 1)
    edges = np.array([2**64 * n // count & ~MARK for n in range(1, count)], dtype=np.uint64)
    cuts = []
    for run in runs:
        whole = np.fromfile(run, dtype=np.uint64)
        cuts.append([0, *np.searchsorted(whole, edges).tolist(), len(whole)])
    for number in range(count):
        parts = []
        for run, cut in zip(runs, cuts, strict=True):
            start, end = cut[number : number + 2]
            part = np.fromfile(run, dtype=np.uint64, count=end - start, offset=8 * start)
            parts.append(np.append(part[:2], part[2:][part[2:] != part[:-2]]))
        merged = np.concatenate(parts)
        parts.clear()  # before the comparison, or all would be in memory twice
        merged.sort()
        yield merged


def blocks(arrays: Iterable["np.ndarray"]) -> Iterator["np.ndarray"]:
    """Yield ascending arrays, joined or cut to SUSPECTS at most, none of them empty."""
    import numpy as np

    pending = np.array([], dtype=np.uint64)
    for array in arrays:
        pending = np.append(pending, array)
        while len(pending) >= SUSPECTS:
            yield pending[:SUSPECTS]
            pending = pending[SUSPECTS:]
    if len(pending):
        yield pending


def identified(
    suspects: "np.ndarray", hashes: Iterable["np.ndarray"], read: "Read"
) -> Iterator[tuple["np.ndarray", "np.ndarray"]]:
    """Yield, per partition, the positions of rows whose hash is a suspect, and an id of each row's value.

    Ids are equal where the values are: the first value of a suspect has the suspect's place as its id, other
    values of the same hash (there is hardly ever one) get ids behind.

    Parameters
    ----------
    suspects : uint64 array
        Hashes, ascending.
    hashes : iterable of arrays
        Each partition's.
    read : callable
        Returns a partition's values at rows.
    """
    import numpy as np
    import pandas as pd

    place = np.full(len(suspects), -1)  # of each suspect's first value in `first`
    first = pd.DataFrame()
    others: dict[tuple[object, ...], int] = {}
    for number, partition_hashes in enumerate(hashes):
        nearest = np.minimum(np.searchsorted(suspects, partition_hashes), len(suspects) - 1)
        rows = np.flatnonzero(suspects[nearest] == partition_hashes)
        ids = nearest[rows]
        if len(rows):
            values = read(number, rows).reset_index(drop=True)
            distinct_ids, first_rows = np.unique(ids, return_index=True)
            new = first_rows[place[distinct_ids] < 0]
            if len(new):
                place[ids[new]] = len(first) + np.arange(len(new))
                added = values.iloc[new]
                first = pd.concat([first, added], ignore_index=True) if len(first) else added
            for row in np.flatnonzero(~same(values, first.take(place[ids]))):
                known = (None if pd.isna(value) else value for value in values.iloc[row])
                value = (int(ids[row]), *known)
                ids[row] = others.setdefault(value, len(suspects) + len(others))
        yield rows, ids


def same(first: "pd.DataFrame", second: "pd.DataFrame") -> "np.ndarray":
    """Return whether each row equals the other frame's, shape (rows,); missing equals missing."""
    import numpy as np

    result = np.ones(len(first), dtype=bool)
    for name in first.columns:
        left, right = first[name], second[name].set_axis(first.index)
        equal = (left == right).fillna(False).to_numpy(dtype=bool)
        result &= equal | (left.isna() & right.isna()).to_numpy()
    return result


def pad_for(array: "np.ndarray", ids: "np.ndarray") -> "np.ndarray":
    """Return the array, with zeros appended where it is too short for an id."""
    import numpy as np

    missing = int(ids.max(initial=-1)) + 1 - len(array)
    return np.append(array, np.zeros(missing, array.dtype)) if missing > 0 else array


def find_repeated(hashes: list[Path], read: "Read") -> dict[int, "np.ndarray"]:
    """Return, by partition, the positions of rows whose value an earlier row of the table has too.

    hashes are the partitions' files, in the order of their rows. Partitions without such a row are left out.
    """
    import numpy as np

    def equal_hashes() -> Iterator["np.ndarray"]:
        for merged in ranges([save_run(np.load(path), path) for path in hashes]):
            yield np.unique(merged[1:][merged[1:] == merged[:-1]])

    result: dict[int, list[np.ndarray]] = {}
    for suspects in blocks(equal_hashes()):
        is_seen = np.zeros(len(suspects), dtype=bool)
        known = identified(suspects, (np.load(path) for path in hashes), read)
        for number, (rows, ids) in enumerate(known):
            is_seen = pad_for(is_seen, ids)
            again = np.ones(len(ids), dtype=bool)
            _, earliest = np.unique(ids, return_index=True)
            again[earliest] = is_seen[ids[earliest]]
            is_seen[ids] = True
            if again.any():
                result.setdefault(number, []).append(rows[again])
    return {number: np.sort(np.concatenate(parts)) for number, parts in sorted(result.items())}


def count_overlap(hashes: list[Path], labels: list[Path], read: "Read") -> int:
    """Return the number of distinct values that rows of more than one label have.

    Parameters
    ----------
    hashes, labels : list of Path
        The partitions' files, in the order of their rows; a label is 0 to 2, or NOWHERE.
    read : callable
        Returns a partition's values at rows.
    """
    import numpy as np

    def save_marked_run(path: Path, label_path: Path) -> Path:
        row_labels = np.load(label_path)
        has_label = row_labels != NOWHERE
        mark = row_labels[has_label].astype(np.uint64)
        return save_run(np.load(path)[has_label] & ~np.uint64(MARK) | mark, path)

    def equal_hashes() -> Iterator["np.ndarray"]:
        for merged in ranges([save_marked_run(*pair) for pair in zip(hashes, labels, strict=True)]):
            crossed = merged[1:] ^ merged[:-1]
            yield np.unique(merged[1:][(crossed > 0) & (crossed <= MARK)] & ~np.uint64(MARK))

    count = 0
    for suspects in blocks(equal_hashes()):
        label_bits = np.zeros(len(suspects), dtype=np.uint8)  # a bit for each label
        known = identified(suspects, (np.load(path) & ~np.uint64(MARK) for path in hashes), read)
        for (rows, ids), label in zip(known, labels, strict=True):
            label_bits = pad_for(label_bits, ids)
            bits = 1 << np.load(label)[rows] & (1 << NOWHERE) - 1
            np.bitwise_or.at(label_bits, ids, bits.astype(np.uint8))
        count += int((label_bits & (label_bits - 1) != 0).sum())
    return count
