"""Assignment of rows to train, valid and test, and the proof that the three do not overlap."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.config.schema import Split
from pipeline.stage.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class Rows:
    """What decides where rows go, each of shape (rows,): hashes of 64 bits, periods in UTF-8.

    periods and times are None without a temporal split, groups and classes where the data has none.
    """

    keys: "np.ndarray"
    features: "np.ndarray"
    periods: "np.ndarray | None" = None
    times: "np.ndarray | None" = None
    groups: "np.ndarray | None" = None
    classes: "np.ndarray | None" = None


def temporal_split(periods: list[str], train_until: str, valid_until: str) -> dict[str, list[str]]:
    """Assign whole periods to train, valid and test, in time order.

    Rows of one period never straddle two splits, so nothing after the boundary informs training.
    Raises ConfigError if any split would be empty.
    """
    ordered = sorted(set(periods))
    found = {
        "train": [period for period in ordered if period <= train_until],
        "valid": [period for period in ordered if train_until < period <= valid_until],
        "test": [period for period in ordered if period > valid_until],
    }
    for name, members in found.items():
        if not members:
            raise ConfigError(
                f"split {name} would be empty with split.train_until {train_until!r} and "
                f"split.valid_until {valid_until!r}; the data has {ordered[0]} to {ordered[-1]}: "
                "bring the missing period, or move the boundary"
            )
    return found


def by_units(units: "np.ndarray", strata: "np.ndarray", split: Split, seed: int) -> "np.ndarray":
    """Index into SPLITS, shape (rows,): rows of one unit stay together, each stratum is shared alike.

    A unit belongs to the stratum of its first row. Raises ConfigError if any split would be empty.
    """
    import numpy as np

    _, first, inverse = np.unique(units, return_index=True, return_inverse=True)
    generator = np.random.default_rng(seed)
    where = np.zeros(len(first), dtype=np.int8)
    for stratum in np.unique(strata[first]):
        members = generator.permutation(np.flatnonzero(strata[first] == stratum))
        tests = round(len(members) * split.test_share)
        valids = round(len(members) * split.valid_share)
        where[members[:tests]] = SPLITS.index("test")
        where[members[tests : tests + valids]] = SPLITS.index("valid")
    assigned: np.ndarray = where[inverse.reshape(-1)]
    for number, name in enumerate(SPLITS):
        if not (assigned == number).any():
            raise ConfigError(
                f"split {name} would be empty: {len(first)} groups of rows are too few to share; "
                "use another split.kind, or larger split.valid_share and split.test_share"
            )
    return assigned


def assign(rows: Rows, split: Split, seed: int) -> "np.ndarray":
    """Index into SPLITS of each row, shape (rows,), int8. Equal feature rows stay together at random."""
    import numpy as np

    if split.kind == "temporal":
        assert rows.periods is not None
        encoded = np.unique(rows.periods)
        names = [name.decode() for name in encoded.tolist()]
        found = temporal_split(names, str(split.train_until), str(split.valid_until))
        where = {period: name for name, members in found.items() for period in members}
        of_period = np.array([SPLITS.index(where[name]) for name in names], dtype=np.int8)
        assigned: np.ndarray = of_period[np.searchsorted(encoded, rows.periods)]
        return assigned
    same = np.zeros(len(rows.keys), dtype=np.int8)
    if split.kind == "grouped":
        assert rows.groups is not None
        return by_units(rows.groups, same, split, seed)
    strata = same
    if split.kind == "stratified":
        assert rows.classes is not None
        strata = rows.classes
    return by_units(rows.features, strata, split, seed)


def overlap(values: "np.ndarray", assigned: "np.ndarray") -> int:
    """How many distinct values stand in more than one split."""
    import numpy as np

    order = np.argsort(values)
    ordered, splits = values[order], assigned[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lowest, highest = (edge.reduceat(splits, starts) for edge in (np.minimum, np.maximum))
    return int((lowest != highest).sum())


def in_order(times: "np.ndarray", assigned: "np.ndarray") -> bool:
    """Whether every time of a split is before every time of the next."""
    spans = []
    for number in range(len(SPLITS)):
        own = times[assigned == number]
        spans.append((own.min(), own.max()))
    return bool(spans[0][1] < spans[1][0] and spans[1][1] < spans[2][0])


def proof(rows: Rows, assigned: "np.ndarray") -> dict[str, Any]:
    """What would show an overlap: values in two splits, times out of order; None where not applicable."""
    return {
        "key_overlap": overlap(rows.keys, assigned),
        "group_overlap": None if rows.groups is None else overlap(rows.groups, assigned),
        "feature_duplicates": overlap(rows.features, assigned),
        "boundary_ok": None if rows.times is None else in_order(rows.times, assigned),
    }
