"""Two records of a stage that are equal give no reason; each difference gives the one that names it."""

from typing import Any

import pytest

from lockstep.automation.stage_freshness import leftovers, stale_reasons
from lockstep.repository.dvc_internals import ABSENT, UNKNOWN, StageRecord
from template.tests.support.stage_records import RECORD, edited

WRITERS = {"data/splits": "split"}
MODEL = ("params", "params.yaml", "model")


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (("cmd",), "python x", 'the command is "python x" in dvc.yaml and "python -m stages.train" in'),
        (("deps", "recipes"), "z", "dependency recipes changed"),
        (("deps", "recipes"), None, "dependency recipes is absent"),
        (("deps", "data/splits"), "z", "dependency data/splits is in dvc.lock otherwise than split wrote"),
        (("deps", "new"), "z", "dependency new is in dvc.yaml and not in dvc.lock"),
        (("outs", "metrics/train.json"), "z", "output metrics/train.json is not as the stage wrote it"),
        (("outs", "metrics/train.json"), None, "output metrics/train.json is absent"),
        (("outs", "new"), "z", "output new is in dvc.yaml and not in dvc.lock"),
        (("params", "params.yaml", "seed"), 7, "param seed is 7 in params.yaml and 42 in dvc.lock"),
        (("params", "params.yaml", "seed"), None, "param seed is null in params.yaml and 42 in dvc.lock"),
        (("params", "params.yaml", "seed"), ABSENT, "param seed is not in params.yaml"),
        (("params", "params.yaml", "gate"), 1, "param gate is in dvc.yaml and not in dvc.lock"),
        (
            (*MODEL, "params", "C"),
            0.5,
            "param model.params.C is 0.5 in params.yaml and 1.0 in dvc.lock",
        ),
        ((*MODEL, "params", "tol"), 1, "param model.params.tol is 1 in params.yaml and not in dvc.lock"),
        (
            (*MODEL, "params"),
            "none",
            'param model.params is "none" in params.yaml and {"C": 1.0} in dvc.lock',
        ),
    ],
)  # fmt: skip
def test_a_difference_is_one_reason(place: tuple[str, ...], value: Any, reason: str) -> None:
    lines = stale_reasons(edited(place, value), RECORD, WRITERS)
    assert len(lines) == 1 and lines[0].startswith(reason), lines


def test_what_is_the_same_to_dvc_is_no_reason() -> None:
    assert stale_reasons(RECORD, RECORD, WRITERS) == leftovers(RECORD, RECORD) == []
    assert stale_reasons(edited((*MODEL, "params", "C"), 1), RECORD, WRITERS) == []
    assert stale_reasons(edited(("deps", "recipes"), UNKNOWN), RECORD, WRITERS) == []


def test_many_parameters_are_counted() -> None:
    many: StageRecord = {**RECORD, "params": {"params.yaml": {f"p{n}": n for n in range(20)}}}
    none: StageRecord = {
        **many,
        "params": {"params.yaml": dict.fromkeys(many["params"]["params.yaml"])},
    }
    lines = stale_reasons(many, none, {})
    assert len(lines) == 7 and lines[-1] == "14 more parameters differ"
