"""Assignment of rows to train, valid and test, and the proof that the three do not overlap."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.config.schema import Split
from pipeline.stage.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np

SPLITS = ("train", "valid", "test")
CHUNK = 2**18  # rows looked at together


@dataclass(frozen=True)
class Rows:
    """What decides where rows go, each of shape (rows,).

    keys, features, groups and classes are hashes of 64 bits, groups and classes None where nothing asks
    for them; assigned (int8) is None unless the period alone decides.
    """

    keys: "np.ndarray"
    features: "np.ndarray"
    groups: "np.ndarray | None" = None
    classes: "np.ndarray | None" = None
    assigned: "np.ndarray | None" = None


def together(parts: "Iterator[tuple[Rows, Any]]", count: int) -> tuple[Rows, list[Any]]:
    """The partitions' arrays end to end, filled as they come, so that nothing is held twice; the spans."""
    import numpy as np

    columns: dict[str, np.ndarray] = {}
    times, at = [], 0
    for part, span in parts:
        for name, values in vars(part).items():
            if values is not None:
                whole = columns.setdefault(name, np.empty(count, dtype=values.dtype))
                whole[at : at + len(values)] = values
        at += len(part.keys)
        times.append(span)
    return Rows(**columns), times


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


def by_period(periods: list[str], split: Split) -> dict[str, int]:
    """Index into SPLITS of each period of a temporal split; empty for another kind of split."""
    if split.kind != "temporal":
        return {}
    found = temporal_split(periods, str(split.train_until), str(split.valid_until))
    return {period: number for number, name in enumerate(SPLITS) for period in found[name]}


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

    if rows.assigned is not None:
        return rows.assigned
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
    """How many distinct hashes (uint64) stand in more than one split; values are used up.

    The split takes the place of a hash's two lowest bits and the array is sorted in place: at hundreds
    of millions of rows a copy counts.
    """
    import numpy as np

    values &= ~np.uint64(3)
    values |= assigned.astype(np.uint8)
    values.sort()
    found = set()
    for start in range(0, len(values), CHUNK):
        here = values[start : start + CHUNK + 1]
        crossed = here[1:] ^ here[:-1]
        found.update((here[1:][(crossed > 0) & (crossed <= 3)] >> np.uint64(2)).tolist())
    return len(found)


def spans(times: "np.ndarray", assigned: "np.ndarray") -> list[tuple[Any, Any] | None]:
    """Earliest and latest time of each split; None for a split that has no row here."""
    own = [times[assigned == number] for number in range(len(SPLITS))]
    return [(few.min(), few.max()) if len(few) else None for few in own]


def in_order(parts: list[list[tuple[Any, Any] | None]]) -> bool:
    """Whether every time of a split is before every time of the next, over the spans of all partitions."""
    found = [[span for span in few if span] for few in zip(*parts, strict=True)]
    first = [min(low for low, _ in few) for few in found]
    last = [max(high for _, high in few) for few in found]
    return bool(all(before < after for before, after in zip(last, first[1:], strict=False)))


def proof(rows: Rows, assigned: "np.ndarray", boundary_ok: bool | None) -> dict[str, Any]:
    """What would show an overlap: values in two splits, times out of order; None where not applicable.

    The hashes in rows are used up.
    """
    return {
        "key_overlap": overlap(rows.keys, assigned),
        "group_overlap": None if rows.groups is None else overlap(rows.groups, assigned),
        "feature_duplicates": overlap(rows.features, assigned),
        "boundary_ok": boundary_ok,
    }
