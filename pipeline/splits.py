"""Assignment of rows to train, valid and test, and the proof that the three do not overlap."""

from typing import TYPE_CHECKING, Any

from pipeline.errors import ConfigError
from pipeline.schema import Split

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SPLITS = ("train", "valid", "test")


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
                f"split {name} would be empty with train_until {train_until!r} and valid_until "
                f"{valid_until!r}; the data has {ordered[0]} to {ordered[-1]}"
            )
    return found


def by_units(units: "np.ndarray", strata: "np.ndarray", split: Split, seed: int) -> "np.ndarray":
    """Split names, shape (rows,): rows of one unit stay together, each stratum is shared out alike.

    A unit belongs to the stratum of its first row.
    """
    import numpy as np

    _, first, inverse = np.unique(units, return_index=True, return_inverse=True)
    generator = np.random.default_rng(seed)
    names = np.full(len(first), "train", dtype="<U5")
    for stratum in np.unique(strata[first]):
        members = generator.permutation(np.flatnonzero(strata[first] == stratum))
        tests = round(len(members) * split.test_share)
        valids = round(len(members) * split.valid_share)
        names[members[:tests]] = "test"
        names[members[tests : tests + valids]] = "valid"
    assigned: np.ndarray = names[inverse.reshape(-1)]
    for name in SPLITS:
        if not (assigned == name).any():
            raise ConfigError(f"split {name} would be empty: {len(first)} units are too few")
    return assigned


def assign(
    frame: "pd.DataFrame", features: "np.ndarray", split: Split, seed: int, roles: dict[str, str]
) -> "np.ndarray":
    """Split name of each row, shape (rows,).

    frame holds the columns named in roles (target, and period or group where the kind needs it);
    features is one hash per row, so that equal feature rows stay together.
    """
    import numpy as np

    if split.kind == "temporal":
        periods = frame[roles["period"]].astype(str)
        found = temporal_split(
            periods.unique().tolist(), str(split.train_until), str(split.valid_until)
        )
        where = {period: name for name, members in found.items() for period in members}
        assigned: np.ndarray = periods.map(where).to_numpy(dtype="<U5")
        return assigned
    none = np.zeros(len(frame), dtype=int)
    if split.kind == "grouped":
        groups = frame[roles["group"]].astype(str).fillna("missing").to_numpy(dtype=str)
        return by_units(groups, none, split, seed)
    strata = none
    if split.kind == "stratified":
        strata = np.unique(frame[roles["target"]].to_numpy(dtype=str), return_inverse=True)[1]
    return by_units(features, strata.reshape(-1), split, seed)


def overlap(values: "np.ndarray", assigned: "np.ndarray") -> int:
    """How many distinct values stand in more than one split."""
    import pandas as pd

    counts = pd.DataFrame({"value": values, "split": assigned}).drop_duplicates()
    return int((counts.groupby("value").size() > 1).sum())


def proof(
    keys: "np.ndarray",
    groups: "np.ndarray | None",
    features: "np.ndarray",
    times: "np.ndarray | None",
    assigned: "np.ndarray",
) -> dict[str, Any]:
    """What would show an overlap; boundary_ok is None where the data has no time."""
    boundary = None
    if times is not None:
        spans = [(times[assigned == name].min(), times[assigned == name].max()) for name in SPLITS]
        boundary = bool(spans[0][1] < spans[1][0] and spans[1][1] < spans[2][0])
    return {
        "key_overlap": overlap(keys, assigned),
        "group_overlap": None if groups is None else overlap(groups, assigned),
        "feature_duplicates": overlap(features, assigned),
        "boundary_ok": boundary,
    }
