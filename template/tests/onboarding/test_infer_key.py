"""A column whose values name rows is the key; one that names what rows are about is the group."""

from pathlib import Path

import pytest

from lockstep.onboarding.column import Column
from lockstep.onboarding.infer_key import identifier_reason
from template.tests.onboarding.tables import classification_table, infer_plan, integers

IDENTIFIERS = {
    "position": (Column("n", "int", 90, low=1, high=90, n_distinct=90, is_unique=True), "counts"),
    "unique id": (Column("order_id", "str", 90, n_distinct=90, is_unique=True), "its name says so"),
    "repeated id": (Column("shopNr", "int", 90, n_distinct=60, low=1, high=9), "60 values"),
    "free text": (Column("note", "str", 90, n_distinct=80, max_length=200), "free text: 80"),
    "category": (Column("color", "str", 90, n_distinct=20), ""),
    "amount": (Column("price", "float", 90, n_distinct=80), ""),
    "few ids": (Column("ward_id", "int", 90, n_distinct=9, low=1, high=9), ""),
}


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_an_identifier_is_no_feature(name: str) -> None:
    column, reason = IDENTIFIERS[name]
    assert reason in identifier_reason(column) and bool(reason) == bool(identifier_reason(column))


def test_without_a_key_the_position_is_one(tmp_path: Path) -> None:
    plan = infer_plan(tmp_path, classification_table(row_id=integers(0, 9)))
    assert plan.has_row_id and plan.key == ["row_id_"]


def test_patients_stay_together(tmp_path: Path) -> None:
    plan = infer_plan(tmp_path, classification_table(patient_id=integers(0, 80)))
    assert plan.group == "patient_id" and plan.split == {"kind": "grouped"}
    assert "patient_id" not in plan.numeric
