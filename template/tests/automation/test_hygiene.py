"""Each rule refuses what it is for, in one line that names it, and lets the neighbour pass."""

import json

from lockstep.automation.hygiene import (
    dvc_file_outputs,
    find_large,
    find_private,
    misplaced_outputs,
    notebook_outputs,
    pipeline_outputs,
)


def test_private_folders_are_named_once_with_the_number_of_files() -> None:
    names = [
        ".dvc/config",
        ".dvc/.gitignore",
        ".dvc/tmp/a",
        ".dvc/tmp/b/c",
        ".venv/bin/python",
        "src/.cache",
    ]
    assert find_private(names) == [
        ".dvc/tmp: private to a machine (2 files in Git); `git rm -r --cached .dvc/tmp`",
        ".venv: private to a machine (1 file in Git); `git rm -r --cached .venv`",
    ]


def test_a_file_is_large_above_ten_megabytes() -> None:
    lines = find_large({"a.bin": 10 * 1024**2, "b.bin": 10 * 1024**2 + 1, "c.bin": 25 * 1024**2})
    assert [line.split(":")[0] for line in lines] == ["b.bin", "c.bin"]
    assert (
        lines[1]
        == "c.bin: 25 MB in Git, more than 10; `git rm --cached c.bin`, then `dvc add c.bin`"
    )


def test_a_notebook_passes_only_as_it_was_before_it_ran() -> None:
    text = {"cell_type": "markdown", "source": ["# A"]}
    code = {"cell_type": "code", "outputs": [], "execution_count": None}
    assert notebook_outputs("a.ipynb", json.dumps({"cells": [text, code]})) == []
    for left in ({"outputs": [{"output_type": "stream"}]}, {"execution_count": 3}):
        lines = notebook_outputs("a.ipynb", json.dumps({"cells": [text, code, {**code, **left}]}))
        assert len(lines) == 1
        assert lines[0].startswith("a.ipynb: outputs or execution counts in 1 of 3 cells; `jupyter")
    for broken in ("", "[]", "{}", '{"cells": [1]}', '{"cells": 1}'):
        assert "not a notebook's JSON" in notebook_outputs("a.ipynb", broken)[0]


STAGES = {
    "stages": {
        "train": {
            "wdir": "..",
            "outs": ["models/a", {"models/b": {"cache": False}}],
            "metrics": ["m/cached.json", {"m/in_git.json": {"cache": False}}],
            "plots": [{"m/plots": {"cache": False}}, "m/$" + "{item.x}"],
        }
    }
}


def test_outputs_are_found_with_their_place_and_where_they_are_kept() -> None:
    assert list(pipeline_outputs("sub/dvc.yaml", STAGES)) == [
        ("train", "outs", "models/a", True),
        ("train", "outs", "models/b", False),
        ("train", "metrics", "m/cached.json", True),
        ("train", "metrics", "m/in_git.json", False),
        ("train", "plots", "m/plots", False),
    ]
    content = {"outs": [{"path": "x"}, {"path": "y", "cache": False}]}
    assert list(dvc_file_outputs("d/x.dvc", content)) == [
        ("d/x.dvc", "outs", "d/x", True),
        ("d/x.dvc", "outs", "d/y", False),
    ]


def test_outputs_in_the_wrong_place_are_named() -> None:
    lines = list(pipeline_outputs("sub/dvc.yaml", STAGES))
    names = {"models/b", "m/in_git.json", "models/about"}
    in_cache = "m/cached.json: a metrics file of train in DVC's cache"
    assert [line[: len(in_cache)] for line in misplaced_outputs(lines, names, {"train"})] == [
        in_cache
    ]
    both = misplaced_outputs(lines[:2], {*names, "models/a/1", "models/a/2"}, set())
    assert both == [
        "models/a: in Git (2 files) and in DVC's cache, by train; `git rm -r --cached models/a`"
    ]
    lacks = misplaced_outputs(lines[3:], set(), {"train"})
    assert len(lacks) == 1 and lacks[0].startswith(
        "m/in_git.json: a metrics file of train that Git lacks"
    )
    assert misplaced_outputs(lines[3:], set(), set()) == [], (
        "it never ran: nothing is there to commit"
    )
