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
    """What decides where rows go, each of shape (rows,): 16 or 24 bytes a row.

    units, keys and classes are hashes of 64 bits. Rows of one unit stay together; classes is None where
    nothing asks for them.
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


def by_period(periods: list[str], split: Split) -> dict[str, int]:
    """Index into SPLITS of each period of a temporal split, LEFT_OUT for those after split.test_until.

    Empty for another kind of split.
    """
    if split.kind != "temporal":
        return {}
    until = (str(split.train_until), str(split.valid_until), split.test_until)
    result = temporal_split(periods, *until)
    where = dict.fromkeys(periods, LEFT_OUT)
    return where | {period: n for n, name in enumerate(SPLITS) for period in result[name]}


def by_units(
    units: "np.ndarray", keys: "np.ndarray", strata: "np.ndarray", split: Split, seed: int
) -> "np.ndarray":
    """Index into SPLITS, shape (rows,): rows of one unit stay together, each stratum is shared alike.

    Units are drawn in the order of their keys, so that a new feature does not reshuffle the splits: a
    champion would be judged on rows that it learned from. A unit belongs to the stratum of its first
    row. Raises ConfigError if any split would be empty.
    """
    import numpy as np

    by_unit = np.argsort(
        units, kind="stable"
    )  # of each unit its first row in the table comes first
    ordered = units[by_unit]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    del ordered
    order = np.argsort(np.minimum.reduceat(keys[by_unit], starts))
    stratum_of = strata[by_unit[starts]][order]
    generator = np.random.default_rng(seed)
    where = np.zeros(len(starts), dtype=np.int8)
    for stratum in np.unique(stratum_of):
        members = generator.permutation(order[stratum_of == stratum])
        tests = round(len(members) * split.test_share)
        valids = round(len(members) * split.valid_share)
        where[members[:tests]] = SPLITS.index("test")
        where[members[tests : tests + valids]] = SPLITS.index("valid")
    assigned = np.empty(len(units), dtype=np.int8)
    assigned[by_unit] = np.repeat(where, np.diff(starts, append=len(units)))
    for number, name in enumerate(SPLITS):
        if not (assigned == number).any():
            raise ConfigError(
                f"split {name} would be empty: {len(starts)} groups of rows are too few to share; "
                "use another split.kind, or larger split.valid_share and split.test_share"
            )
    return assigned


def assign(rows: Rows, split: Split, seed: int) -> "np.ndarray":
    """Index into SPLITS of each row, shape (rows,), int8."""
    import numpy as np

    strata = np.zeros(len(rows.keys), dtype=np.int8) if rows.classes is None else rows.classes
    return by_units(rows.units, rows.keys, strata, split, seed)


def spans(times: "np.ndarray", assigned: "np.ndarray") -> list[tuple[Any, Any] | None]:
    """Earliest and latest time of each split; None for a split that has no row here."""
    own = [times[assigned == number] for number in range(len(SPLITS))]
    return [
        (times_of_split.min(), times_of_split.max()) if len(times_of_split) else None
        for times_of_split in own
    ]


def in_order(parts: list[list[tuple[Any, Any] | None]]) -> bool:
    """Whether every time of a split is before every time of the next, over the spans of all partitions."""
    result = [[span for span in few if span] for few in zip(*parts, strict=True)]
    first = [min(low for low, _ in few) for few in result]
    last = [max(high for _, high in few) for few in result]
    return bool(all(before < after for before, after in zip(last, first[1:], strict=False)))
