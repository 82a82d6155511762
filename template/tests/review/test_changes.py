"""Each difference is named where it belongs: files by stage, packages by version, stages by what moved."""

from typing import Any

import pytest

from lockstep.review import changes

STAGES: dict[str, Any] = {
    "ingest": {"deps": ["stages/ingest.py", "pipeline/stage", "data/raw", "requirements.lock"],
               "outs": ["data/ingested"]},
    "train": {"deps": ["stages/train.py", "pipeline/stage", "data/ingested"],
              "metrics": [{"metrics/train.json": {"cache": False}}]},
}  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ["stages/train.py", "lockstep/core/files.py", "data/raw/a.csv", "metrics/train.json", "dvc.lock",
     "params.yaml", "data/raw.dvc"],
)  # fmt: skip
def test_what_the_pipeline_reads_or_writes_is_relevant(path: str) -> None:
    assert changes.relevant([path], [{}, STAGES]) == [path]


@pytest.mark.parametrize(
    "path", ["README.md", "pipeline/stages.py", "tests/test_a.py", ".dvc/config"]
)
def test_what_it_does_not_is_not(path: str) -> None:
    assert changes.relevant([path], [STAGES, STAGES]) == []


def test_documentation_is_what_people_alone_read() -> None:
    found = [p for p in ("docs/a.png", "README.md", "LICENSE", "tests/a.py", "Makefile", "docs.py")
             if changes.documentation(p)]  # fmt: skip
    assert found == ["docs/a.png", "README.md", "LICENSE"]


def test_code_is_told_with_every_stage_that_depends_on_it_at_either_commit() -> None:
    old = {**STAGES, "gone": {"deps": ["pipeline/stage"]}}
    paths = ["data/raw/a.csv", "metrics/train.json", "lockstep/core/files.py", "requirements.lock",
             "stages/train.py", "tests/a.py"]  # fmt: skip
    assert changes.code(paths, old, STAGES) == [
        {"path": "lockstep/core/files.py", "stages": ["ingest", "train", "gone"]},
        {"path": "stages/train.py", "stages": ["train"]},
    ]


def test_packages_added_removed_and_moved_are_named() -> None:
    old = "a==1.0 \\\n    --hash=sha256:00\nB[x]==2.0 ; python_version < '3.12' \\\nB==2.1\nc==3\n"
    new = "a==1.1 \\\n    # via b==9\nb==2.0\nb==2.1\nd @ https://example.org/d.whl\n"
    assert changes.packages(old, new) == [
        {"name": "a", "old": "1.0", "new": "1.1"},
        {"name": "c", "old": "3", "new": None},
        {"name": "d", "old": None, "new": "https://example.org/d.whl"},
    ]


def stage(dep: str, depth: int, out: str) -> dict[str, Any]:
    """A stage's entry in dvc.lock."""
    return {
        "cmd": "x",
        "deps": [{"path": "code.py", "md5": dep}, {"path": "data", "md5": "d"}],
        "params": {"params.yaml": {"model": {"depth": depth, "kind": "t"}}},
        "outs": [{"path": "out", "md5": out}],
    }


def test_a_stage_is_told_with_the_inputs_and_outputs_that_moved() -> None:
    old = {"a": stage("1", 6, "x"), "b": stage("1", 6, "x"), "same": stage("1", 6, "x"),
           "gone": stage("1", 6, "x")}  # fmt: skip
    new = {"a": stage("2", 6, "x"), "b": stage("1", 8, "y"), "same": stage("1", 6, "x"),
           "new": stage("1", 6, "x") | {"params": {}}}  # fmt: skip
    every = ["model.depth", "model.kind"]
    assert changes.rebuilt(old, new, ["a", "b", "same"]) == [
        {"stage": "a", "what": "rebuilt", "inputs": ["code.py"], "outs": []},
        {"stage": "b", "what": "rebuilt", "inputs": ["model.depth"], "outs": ["out"]},
        {
            "stage": "gone",
            "what": "removed",
            "inputs": ["cmd", "code.py", "data", *every],
            "outs": ["out"],
        },
        {"stage": "new", "what": "added", "inputs": ["cmd", "code.py", "data"], "outs": ["out"]},
    ]


def test_a_change_that_the_lock_does_not_record_is_said() -> None:
    code = [{"path": "a.py", "stages": ["one", "two"]}, {"path": "b.py", "stages": ["one"]}]
    (said,) = changes.unrecorded(code, [{"stage": "one"}])
    assert said.startswith("a.py changed and dvc.lock records no run of two with it")


def test_partitions_that_differ_in_rows_are_named() -> None:
    old, new = (
        {"2013-01": 5, "2013-02": 6, "2013-03": 7},
        {"2013-02": 6, "2013-03": 8, "2013-04": 9},
    )
    assert changes.moved(old, new) == [
        {"name": "2013-01", "old": 5, "new": None},
        {"name": "2013-03", "old": 7, "new": 8},
        {"name": "2013-04", "old": None, "new": 9},
    ]
