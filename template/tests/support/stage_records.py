"""The record of a stage, as dvc.lock keeps one, and the same with one value edited."""

from copy import deepcopy
from typing import Any

from lockstep.repository.dvc_internals import ABSENT, StageRecord

RECORD: StageRecord = {
    "cmd": "python -m stages.train",
    "deps": {"recipes": "a", "data/splits": "b", "data/in/x.json": "c"},
    "params": {"params.yaml": {"model": {"kind": "linear", "params": {"C": 1.0}}, "seed": 42}},
    "outs": {"models/candidate": "d", "metrics/train.json": "e"},
}


def edited(place: tuple[str, ...], value: Any) -> StageRecord:
    """The record with one value put in another's place; ABSENT takes the key out."""
    record: Any = deepcopy(RECORD)
    inner = record
    for key in place[:-1]:
        inner = inner[key]
    if value is ABSENT and place[0] != "params":
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return record  # type: ignore[no-any-return]
