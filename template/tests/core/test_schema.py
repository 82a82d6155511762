"""The schema fits every file of conf/, and its defaults pass as they are."""

import dataclasses

import pytest
import yaml

from lockstep.core import schema
from lockstep.core.config import merge_onto
from tests.closure import ROOT

GROUPS = {"split": schema.Split, "gate": schema.Gate, "engine": schema.Engine}
FILES = [
    (group, path) for group in GROUPS for path in sorted((ROOT / "conf" / group).glob("*.yaml"))
]


@pytest.mark.parametrize(("group", "path"), FILES, ids=lambda value: getattr(value, "stem", value))
def test_every_file_of_a_group_fits_its_dataclass(group: str, path: object) -> None:
    values = yaml.safe_load(path.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    fitted = merge_onto(
        GROUPS[group], {name: v for name, v in values.items() if name != "defaults"}
    )
    assert isinstance(fitted, GROUPS[group])


def test_each_group_of_the_configuration_is_a_dataclass_of_its_own() -> None:
    types = {field.name: field.type for field in dataclasses.fields(schema.Config)}
    for group, dataclass in {**GROUPS, "dataset": schema.Dataset, "model": schema.Model}.items():
        assert types[group] in (dataclass, dataclass.__name__)
    first, second = schema.Dataset(), schema.Dataset()
    first.key.append("id")
    assert second.key == [], "defaults are not shared"
