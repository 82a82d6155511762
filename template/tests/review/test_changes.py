"""Each difference is named where it belongs: files by stage, packages by version, stages by what moved."""

from typing import Any

import pytest

from lockstep.review import changes
from lockstep.review.changes import Change, CodeChange, StageChange

STAGES: dict[str, Any] = {
    "ingest": {"deps": ["stages/ingest.py", "lockstep/core", "data/raw", "requirements.lock"],
               "outs": ["data/ingested"]},
    "train": {"deps": ["stages/train.py", "lockstep/core", "data/ingested"],
              "metrics": [{"metrics/train.json": {"cache": False}}]},
}  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ["stages/train.py", "lockstep/core/files.py", "data/raw/a.csv", "metrics/train.json", "dvc.lock",
     "params.yaml", "data/raw.dvc"],
)  # fmt: skip
def test_what_the_pipeline_reads_or_writes_is_relevant(path: str) -> None:
    assert changes.relevant_paths([path], [{}, STAGES]) == [path]


@pytest.mark.parametrize(
    "path", ["README.md", "lockstep/corex.py", "tests/test_a.py", ".dvc/config"]
)
def test_what_it_does_not_is_not(path: str) -> None:
    assert changes.relevant_paths([path], [STAGES, STAGES]) == []


@pytest.mark.parametrize(
    ("path", "is_documentation"),
    [
        ("docs/a.png", True),
        ("README.md", True),
        ("LICENSE", True),
        ("tests/a.py", False),
        ("Makefile", False),
        ("docs.py", False),
    ],
)
def test_documentation_is_what_people_alone_read(path: str, is_documentation: bool) -> None:
    assert changes.is_documentation(path) is is_documentation


def test_code_is_listed_with_every_stage_that_depends_on_it_at_either_commit() -> None:
    old = {**STAGES, "gone": {"deps": ["lockstep/core"]}}
    paths = ["data/raw/a.csv", "metrics/train.json", "lockstep/core/files.py", "requirements.lock",
             "stages/train.py", "tests/a.py"]  # fmt: skip
    assert changes.changed_code(paths, old, STAGES) == [
        CodeChange("lockstep/core/files.py", ["ingest", "train", "gone"]),
        CodeChange("stages/train.py", ["train"]),
    ]


def test_packages_added_removed_and_moved_are_named() -> None:
    old = "a==1.0 \\\n    --hash=sha256:00\nB[x]==2.0 ; python_version < '3.12' \\\nB==2.1\nc==3\n"
    new = "a==1.1 \\\n    # via b==9\nb==2.0\nb==2.1\nd @ https://example.org/d.whl\n"
    assert changes.changed_packages(old, new) == [
        Change("a", "1.0", "1.1"),
        Change("c", "3", None),
        Change("d", None, "https://example.org/d.whl"),
    ]


def stage(dep: str, depth: int, out: str) -> dict[str, Any]:
    """Return a stage's entry in dvc.lock."""
    return {
        "cmd": "x",
        "deps": [{"path": "code.py", "md5": dep}, {"path": "data", "md5": "d"}],
        "params": {"params.yaml": {"model": {"depth": depth, "kind": "t"}}},
        "outs": [{"path": "out", "md5": out}],
    }


def test_a_stage_is_listed_with_the_inputs_and_outputs_that_moved() -> None:
    old = {"a": stage("1", 6, "x"), "b": stage("1", 6, "x"), "same": stage("1", 6, "x"),
           "gone": stage("1", 6, "x")}  # fmt: skip
    new = {"a": stage("2", 6, "x"), "b": stage("1", 8, "y"), "same": stage("1", 6, "x"),
           "new": stage("1", 6, "x") | {"params": {}}}  # fmt: skip
    every = ["model.depth", "model.kind"]
    assert changes.rebuilt_stages(old, new, ["a", "b", "same"]) == [
        StageChange("a", "rebuilt", ["code.py"], []),
        StageChange("b", "rebuilt", ["model.depth"], ["out"]),
        StageChange("gone", "removed", ["cmd", "code.py", "data", *every], ["out"]),
        StageChange("new", "added", ["cmd", "code.py", "data"], ["out"]),
    ]


def test_a_change_that_the_lock_does_not_record_is_a_sentence() -> None:
    code = [CodeChange("a.py", ["first", "second"]), CodeChange("b.py", ["first"])]
    (sentence,) = changes.unrecorded_changes(code, [StageChange("first", "rebuilt", [], [])])
    assert sentence.startswith("a.py changed and dvc.lock records no run of second with it")


def test_partitions_that_differ_in_rows_are_named() -> None:
    old = {"2013-01": 5, "2013-02": 6, "2013-03": 7}
    new = {"2013-02": 6, "2013-03": 8, "2013-04": 9}
    assert changes.changed_values(old, new) == [
        Change("2013-01", 5, None),
        Change("2013-03", 7, 8),
        Change("2013-04", None, 9),
    ]
