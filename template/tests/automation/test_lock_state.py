"""Stages are stale with their reasons; what may change later, and what is not known, is a note."""

from lockstep.automation.lock_state import defer, stale_stages, unknown_dependencies
from lockstep.automation.stage_freshness import leftovers
from lockstep.repository.dvc_internals import ABSENT, UNKNOWN
from template.tests.support.stage_records import RECORD, edited


def test_what_the_lock_has_beyond_dvc_yaml_is_told_only_where_repro_would_leave_it() -> None:
    less = edited(("outs", "models/candidate"), ABSENT)
    assert leftovers(less, RECORD) == ["output models/candidate is in dvc.lock and not in dvc.yaml"]
    assert list(stale_stages({"train": less}, {"train": RECORD}, {})) == ["train"]
    less["deps"]["recipes"] = "z"
    assert stale_stages({"train": less}, {"train": RECORD}, {})["train"] == [
        "dependency recipes changed"
    ]
    gone = stale_stages({}, {"old": RECORD}, {})["old"]
    assert len(gone) == 1 and "is in dvc.lock and not in dvc.yaml" in gone[0]
    assert stale_stages({"train": RECORD}, {}, {}) == {"train": ["it is not in dvc.lock"]}


def test_what_may_change_later_is_a_note_and_what_is_unknown_too() -> None:
    now = {"train": edited(("deps", "recipes"), "z")}
    assert defer(now, {"train": RECORD}, ["data/splits"]) == []
    assert len(defer(now, {"train": RECORD}, ["recipes"])) == 1
    assert stale_stages(now, {"train": RECORD}, {}) == {}
    absent = {"train": edited(("deps", "recipes"), None)}
    assert defer(absent, {"train": RECORD}, ["recipes"]) == []
    now["train"]["deps"]["data/in/x.json"] = UNKNOWN
    assert unknown_dependencies({"train": RECORD}) == []
    assert unknown_dependencies(now)[0].startswith("cannot be told: data/in/x.json (train): ")
