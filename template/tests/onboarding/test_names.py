"""Whatever a column is called, what is written composes, and the very file passes ingest and the checks."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from template.tests.onboarding.inferred import infer_dataset

HOSTILE = [
    "a b", "a.b", "class", "None", "yes", "no", "on", "null", "~", "true", "1st", "2019", "1e3", "0x10",
    "2020-01-01", "é ü", "名前", "Ж", "🙂", "x:y", "x: y", "#c", "[z]", "{q}", "it's", 'd"q', "a,b", "- dash",
    "*star", "&amp", "!tag", "%p", "@at", "`t`", "a\\b", "a=b", "a/b", "<<", "=", "<html>", "a|b", "$", "a$b",
    "label", "index", "target", "score", "prediction", "y", "row_id", "period", "frame", "A", "a",
]  # fmt: skip
IMPOSSIBLE = {
    "${x}": "{x}", "${oc.env:HOME}": "{oc.env:HOME}", "???": "column_4", "a\nb": "a b", " lead": "lead",
    "tail ": "tail", "tab\there": "tab here",
}  # fmt: skip


def table(path: Path, names: list[str]) -> Path:
    """A table of these columns, numbers and texts in turn, and a target."""
    draw = np.random.default_rng(0)
    columns = {}
    for number, name in enumerate(names):
        numeric = draw.normal(size=200).round(3)
        columns[name] = numeric if number % 2 else draw.choice(["red", "no", "on", "12:30"], 200)
    frame = pd.DataFrame(columns)
    frame["outcome"] = draw.integers(0, 2, 200)
    frame.to_csv(path, index=False, quoting=csv.QUOTE_ALL)
    return path


def test_names_that_configuration_can_hold_are_kept(tmp_path: Path) -> None:
    plan, texts = infer_dataset(table(tmp_path / "t.csv", HOSTILE), "outcome")
    assert not plan.renamed
    assert sorted(plan.numeric + plan.categorical) == sorted(HOSTILE)
    conf = yaml.safe_load(texts["conf/dataset/mine.yaml"])
    assert set(conf["checks"]["columns"]) == {*HOSTILE, "outcome", *plan.key}


def test_names_that_it_cannot_hold_are_changed_in_load_and_told(tmp_path: Path) -> None:
    plan, texts = infer_dataset(table(tmp_path / "t.csv", ["x", "z", "w", *IMPOSSIBLE]), "outcome")
    assert {old: new for old, new in plan.renamed.items() if old != "???"} == {
        old: new for old, new in IMPOSSIBLE.items() if old != "???"
    }
    assert all(any(new in one for one in plan.warnings) for new in plan.renamed.values())
    assert "RENAMED = {" in texts["recipes/mine.py"]
    assert set(plan.renamed.values()) <= set(plan.numeric + plan.categorical)


@pytest.mark.parametrize("target", ["class", "a.b", "${x}", "it's", "yes"])
def test_a_target_may_have_such_a_name(tmp_path: Path, target: str) -> None:
    path = table(tmp_path / "t.csv", ["x", "z"])
    path.write_text(path.read_text(encoding="utf-8").replace("outcome", target), encoding="utf-8")
    plan, _ = infer_dataset(path, target)
    assert plan.task == "binary"


def test_a_name_that_stands_there_twice_is_read_as_pandas_calls_it(tmp_path: Path) -> None:
    rows = "\n".join(f"{n % 7},{n % 5},{n % 2}" for n in range(100))
    (tmp_path / "t.csv").write_text(f"a,a,outcome\n{rows}\n", encoding="utf-8")
    plan, _ = infer_dataset(tmp_path / "t.csv", "outcome")
    assert plan.numeric == ["a", "a.1"]


def test_five_hundred_columns_are_no_different(tmp_path: Path) -> None:
    names = [f"feature {n}.x" for n in range(499)]
    plan, texts = infer_dataset(table(tmp_path / "t.csv", names), "outcome")
    assert len(plan.numeric) + len(plan.categorical) == 499
    assert max(map(len, texts["conf/dataset/mine.yaml"].splitlines())) < 200
