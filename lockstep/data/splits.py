"""Assignment of rows to train, valid and test, and the proof that the three do not overlap."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lockstep.core.errors import ConfigError
from lockstep.core.schema import Split
from lockstep.data.distinct import NOWHERE

if TYPE_CHECKING:
    import numpy as np

SPLITS = ("train", "valid", "test")
LEFT_OUT = NOWHERE  # of rows that are in none of them


@dataclass(frozen=True)
class Rows:
    """The split keys of a table, each of shape (rows,): 16 or 24 bytes a row.

    units, keys and classes are hashes of 64 bits. Rows of one unit stay together; classes is None where
    the split does not stratify.
    """

    units: "np.ndarray"
    keys: "np.ndarray"
    classes: "np.ndarray | None" = None


def temporal_split(
    periods: list[str], train_until: str, valid_until: str, test_until: str | None = None
) -> dict[str, list[str]]:
    """Assign whole periods to train, valid and test, in time order.

    Rows of one period never straddle two splits, so nothing after the boundary informs training.
    Periods after test_until are in none. Raises ConfigError if any split would be empty.

    Parameters
    ----------
    periods : list of str
        Of all partitions, in any order.
    train_until, valid_until : str
        Last period of train and of valid.
    test_until : str or None
        Last period of test; None: the newest.
    """
    ordered = sorted(set(periods))
    result = {
        "train": [period for period in ordered if period <= train_until],
        "valid": [period for period in ordered if train_until < period <= valid_until],
        "test": [
            period
            for period in ordered
            if valid_until < period and (test_until is None or period <= test_until)
        ],
    }
    for name, members in result.items():
        if not members:
            raise ConfigError(
                f"split {name} would be empty with split.train_until {train_until!r} and "
                f"split.valid_until {valid_until!r}; the data has {ordered[0]} to {ordered[-1]}: "
                "bring the missing period, or move the boundary"
            )
    return result


def split_of_period(periods: list[str], split: Split) -> dict[str, int]:
    """Return the index into SPLITS of each period, LEFT_OUT for those after split.test_until.

    It is empty for another kind of split.
    """
    if split.kind != "temporal":
        return {}
    until = (str(split.train_until), str(split.valid_until), split.test_until)
    result = temporal_split(periods, *until)
    left_out = dict.fromkeys(periods, LEFT_OUT)
    return left_out | {period: n for n, name in enumerate(SPLITS) for period in result[name]}


def assign_by_units(
    units: "np.ndarray", keys: "np.ndarray", strata: "np.ndarray", split: Split, seed: int
) -> "np.ndarray":
    """Assign rows at random: rows of one unit stay together, each stratum has the same shares.

    Units are drawn in the order of their keys, so that a new feature does not reshuffle the splits: a
    champion would be evaluated on rows that it learned from. A unit belongs to the stratum of its first row.

    Parameters
    ----------
    units, keys, strata : arrays, shape (rows,)
        Hash of each row's unit and key, and its stratum.
    split : Split
        The shares of test and valid.
    seed : int
        Decides which units.

    Returns
    -------
    int8 array, shape (rows,)
        Index into SPLITS.

    Raises
    ------
    ConfigError
        If any split would be empty.
    """
    import numpy as np

    # Stable: of each unit its first row in the table comes first.
    by_unit = np.argsort(units, kind="stable")
    ordered = units[by_unit]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    del ordered
    order = np.argsort(np.minimum.reduceat(keys[by_unit], starts))
    stratum_of = strata[by_unit[starts]][order]
    generator = np.random.default_rng(seed)
    split_of_unit = np.zeros(len(starts), dtype=np.int8)
    for stratum in np.unique(stratum_of):
        members = generator.permutation(order[stratum_of == stratum])
        n_test = round(len(members) * split.test_share)
        n_valid = round(len(members) * split.valid_share)
        split_of_unit[members[:n_test]] = SPLITS.index("test")
        split_of_unit[members[n_test : n_test + n_valid]] = SPLITS.index("valid")
    assigned = np.empty(len(units), dtype=np.int8)
    assigned[by_unit] = np.repeat(split_of_unit, np.diff(starts, append=len(units)))
    for number, name in enumerate(SPLITS):
        if not (assigned == number).any():
            raise ConfigError(
                f"split {name} would be empty: {len(starts)} groups of rows are too few to share; "
                "use another split.kind, or larger split.valid_share and split.test_share"
            )
    return assigned


def assign(rows: Rows, split: Split, seed: int) -> "np.ndarray":
    """Return the index into SPLITS of each row, shape (rows,), int8.

    Parameters
    ----------
    rows : Rows
        The split keys of the table.
    split : Split
        The shares of test and valid.
    seed : int
        Decides which units.
    """
    import numpy as np

    strata = np.zeros(len(rows.keys), dtype=np.int8) if rows.classes is None else rows.classes
    return assign_by_units(rows.units, rows.keys, strata, split, seed)


def spans(times: "np.ndarray", assigned: "np.ndarray") -> list[tuple[Any, Any] | None]:
    """Return the earliest and latest time of each split; None for a split without rows here."""
    by_split = [times[assigned == number] for number in range(len(SPLITS))]
    return [
        (times_of_split.min(), times_of_split.max()) if len(times_of_split) else None
        for times_of_split in by_split
    ]


def in_order(parts: list[list[tuple[Any, Any] | None]]) -> bool:
    """Return whether every time of a split is before every time of the next, over all partitions."""
    by_split = [[span for span in column if span] for column in zip(*parts, strict=True)]
    first = [min(low for low, _ in spans) for spans in by_split]
    last = [max(high for _, high in spans) for spans in by_split]
    return bool(all(before < after for before, after in zip(last, first[1:], strict=False)))
