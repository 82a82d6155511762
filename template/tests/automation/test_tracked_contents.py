"""Each file in Git that should not be there is one line; a damaged pipeline file is named."""

from pathlib import Path

import pytest

from lockstep.automation.tracked_contents import findings, is_read

DVC_YAML = "stages:\n  train:\n    cmd: x\n    outs: [models/a]\n    metrics: [metrics/a.json]\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("params.yaml", True),
        ("notes/a.ipynb", True),
        (".env", True),
        ("a.png", False),
        ("a/b.PARQUET", False),
    ],
)
def test_every_text_is_read(name: str, expected: bool) -> None:
    assert is_read(name) == expected


def test_the_findings_of_all_rules_are_lines(tmp_path: Path) -> None:
    files = {
        "dvc.yaml": DVC_YAML,
        "dvc.lock": "stages:\n  train: {}\n",
        "params.yaml": "url: https://me:hunter2@host/x\n",
        "models/a": "in Git and in DVC's cache",
        "a.ipynb": '{"cells": [{"outputs": [1]}]}',
        ".env": "DB_PASSWORD=Tr0ub4dor" + "&3",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    sizes = {name: len(text) for name, text in files.items()} | {
        ".dvc/tmp/x": 1,
        "big": 11 * 1024**2,
    }
    lines = findings(tmp_path, sizes)
    beginnings = (".dvc/tmp:", "big: 11 MB", "params.yaml, line 1:", "a.ipynb: outputs",
                  ".env, line 1: a password",
                  "models/a: in Git", "metrics/a.json: a metrics file")  # fmt: skip
    assert len(lines) == len(beginnings)
    assert [
        line for line, start in zip(lines, beginnings, strict=True) if line.startswith(start)
    ] == lines


@pytest.mark.parametrize("text", ["stages: [", "stages: 3\n", "- a\n"])
def test_a_damaged_pipeline_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "dvc.yaml").write_text(text, encoding="utf-8")
    [line] = findings(tmp_path, {"dvc.yaml": len(text)})
    assert line.startswith("dvc.yaml is damaged: ") and line.endswith(
        "`git diff HEAD dvc.yaml` shows how"
    )
