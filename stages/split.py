"""Assign every row to train, valid or test, and prove that the three do not overlap.

Reads data/features/, writes data/splits/ and metrics/split.json. Depends on split, seed and dataset.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.config import load
from pipeline.errors import DataError, run
from pipeline.partitions import fresh, paths, read, write, write_json
from pipeline.schema import Config
from pipeline.splits import SPLITS, assign, proof

if TYPE_CHECKING:
    import pandas as pd

FEATURES, TARGET = Path("data/features"), Path("data/splits")


def must_hold(kind: str, proven: dict[str, Any]) -> None:
    """Raise DataError that names what overlaps and may not under this kind of split."""
    wrong = ["key_overlap"] if proven["key_overlap"] else []
    if kind == "temporal" and proven["boundary_ok"] is False:
        wrong.append("boundary_ok")
    if kind == "grouped" and proven["group_overlap"]:
        wrong.append("group_overlap")
    if kind in ("random", "stratified") and proven["feature_duplicates"]:
        wrong.append("feature_duplicates")
    if wrong:
        raise DataError(f"{FEATURES}: the splits overlap: {wrong[0]} is {proven[wrong[0]]}")


def summary(frame: "pd.DataFrame", config: Config) -> dict[str, Any]:
    """Rows, and the target's rate (or mean, or shares of the classes), per split."""
    target = config.dataset.target
    groups = frame.groupby("split")[target]
    if config.dataset.task == "multiclass":
        rate: dict[str, Any] = {
            name: groups.get_group(name).value_counts(normalize=True).sort_index().to_dict()
            for name in SPLITS
        }
    else:
        rate = {name: float(groups.get_group(name).mean()) for name in SPLITS}
    return {
        "sizes": {name: int(groups.get_group(name).size) for name in SPLITS},
        "target_rate": rate,
    }


def main() -> None:
    """Assign on the few columns that decide, then write partition by partition."""
    import pandas as pd

    config = load()
    dataset = config.dataset
    features = dataset.numeric + dataset.categorical
    roles = {"target": dataset.target, "period": dataset.period, "group": dataset.group}
    few = [name for name in [*dataset.key, *roles.values(), dataset.time] if name]
    parts = []
    for path in paths(FEATURES):
        frame = read(path)
        hashes = pd.util.hash_pandas_object(frame[features], index=False)
        parts.append(frame[list(dict.fromkeys(few))].assign(features=hashes, partition=path.name))
    table = pd.concat(parts, ignore_index=True)
    hashes = table["features"].to_numpy()
    given = {role: name for role, name in roles.items() if name}
    table["split"] = assign(table, hashes, config.split, config.seed, given)
    assigned = table["split"].to_numpy(dtype=str)
    proven = proof(
        pd.util.hash_pandas_object(table[dataset.key], index=False).to_numpy(),
        None if dataset.group is None else table[dataset.group].astype(str).to_numpy(),
        hashes,
        table[dataset.time].to_numpy() if dataset.time else None,
        assigned,
    )
    must_hold(config.split.kind, proven)
    for name in SPLITS:
        fresh(TARGET / name)
    for path in paths(FEATURES):
        frame = read(path)
        here = assigned[table["partition"].to_numpy() == path.name]
        for name in SPLITS:
            if (here == name).any():
                write(frame[here == name], TARGET / name / path.name)
    found = {"kind": config.split.kind, **summary(table, config), "proof": proven}
    write_json(Path("metrics/split.json"), found)


if __name__ == "__main__":
    run("split", main)
