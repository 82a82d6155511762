"""Whatever a table holds and its columns are called, the files compose, and the rows pass the checks."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from lockstep.core.errors import LockstepError
from lockstep.onboarding.build import format_python, rename_options
from lockstep.onboarding.plan import DatasetOptions
from template.tests.onboarding.inference import infer_dataset
from tests.closure import ROOT

N_ROWS = 40
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
CELLS = {
    "int": st.integers(-(2**70), 2**70).map(str) | st.integers(-5, 5).map(str),
    "float": st.floats(allow_nan=False).map(repr),
    "text": TEXTS,
    "words": st.sampled_from(["yes", "no", "NA", "None", "null", "-", "on", "01", "1e5", "?"]),
    "day": st.dates().map(str),
    "instant": st.datetimes(timezones=st.none()).map(lambda time: time.isoformat(sep=" ")),
    "mixed": st.sampled_from(["1", "2.5", "x", "", "2020-01-01", "1,5", "1.234", " 3 ", "007"]),
}


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Draw columns of kinds from CELLS, some with gaps, and a target of two or more values."""
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=5))
    columns = {}
    for number, kind in enumerate(kinds):
        name = f"{number}{draw(TEXTS)}"
        cell = CELLS[kind] if draw(st.booleans()) else st.one_of(CELLS[kind], st.just(""))
        columns[name] = draw(st.lists(cell, min_size=N_ROWS, max_size=N_ROWS))
    target = draw(st.sampled_from([["a", "b"], ["0", "1"], [str(n / 4) for n in range(N_ROWS)]]))
    columns["target"] = [target[number % len(target)] for number in range(N_ROWS)]
    return pd.DataFrame(columns)


@settings(
    deadline=None,
    max_examples=40,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # shrinking takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(frame=tables(), separator=st.sampled_from([",", ";", "\t"]))
def test_any_table_works_or_is_refused_in_a_line(
    tmp_path: Path, frame: pd.DataFrame, separator: str
) -> None:
    frame.to_csv(tmp_path / "t.csv", index=False, sep=separator, quoting=csv.QUOTE_ALL)
    try:
        plan, _ = infer_dataset(tmp_path / "t.csv", "target")
    except LockstepError as error:
        assert "no column is left" in str(error) or "copies the target" in str(error), error
    else:
        assert plan.n_rows == N_ROWS and plan.numeric + plan.categorical


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


def write_table(path: Path, names: list[str], target: str = "outcome") -> Path:
    """Write a table of these columns, numbers and texts in turn, and a target."""
    rng = np.random.default_rng(0)
    columns = {}
    for number, name in enumerate(names):
        numbers = rng.normal(size=200).round(3)
        columns[name] = numbers if number % 2 else rng.choice(["red", "no", "on", "12:30"], 200)
    columns[target] = rng.integers(0, 2, 200)
    pd.DataFrame(columns).to_csv(path, index=False, quoting=csv.QUOTE_ALL)
    return path


def test_names_that_configuration_can_hold_are_kept(tmp_path: Path) -> None:
    plan, texts = infer_dataset(write_table(tmp_path / "t.csv", HOSTILE), "outcome")
    assert not plan.renamed
    assert sorted(plan.numeric + plan.categorical) == sorted(HOSTILE)
    conf = yaml.safe_load(texts["conf/dataset/mine.yaml"])
    assert set(conf["checks"]["columns"]) == {*HOSTILE, "outcome", *plan.key}


def test_names_that_it_cannot_hold_are_changed_in_load_with_a_warning(tmp_path: Path) -> None:
    path = write_table(tmp_path / "t.csv", ["x", "z", "w", *IMPOSSIBLE])
    plan, texts = infer_dataset(path, "outcome")
    # The name of ??? is made of its position.
    expected = {old: new for old, new in IMPOSSIBLE.items() if old != "???"}
    assert {old: new for old, new in plan.renamed.items() if old != "???"} == expected
    for new in plan.renamed.values():
        assert any(new in warning for warning in plan.warnings)
    assert "RENAMED = {" in texts["recipes/mine.py"]
    assert set(plan.renamed.values()) <= set(plan.numeric + plan.categorical)


@pytest.mark.parametrize("target", ["class", "a.b", "${x}", "it's", "yes"])
def test_a_target_may_have_such_a_name(tmp_path: Path, target: str) -> None:
    plan, _ = infer_dataset(write_table(tmp_path / "t.csv", ["x", "z"], target), target)
    assert plan.task == "binary"


def test_a_name_that_is_there_twice_is_read_as_pandas_calls_it(tmp_path: Path) -> None:
    rows = "\n".join(f"{n % 7},{n % 5},{n % 2}" for n in range(100))
    (tmp_path / "t.csv").write_text(f"a,a,outcome\n{rows}\n", encoding="utf-8")
    plan, _ = infer_dataset(tmp_path / "t.csv", "outcome")
    assert plan.numeric == ["a", "a.1"]


def test_five_hundred_columns_are_no_different(tmp_path: Path) -> None:
    names = [f"feature {n}.x" for n in range(499)]
    plan, texts = infer_dataset(write_table(tmp_path / "t.csv", names), "outcome")
    assert len(plan.numeric) + len(plan.categorical) == 499
    assert max(map(len, texts["conf/dataset/mine.yaml"].splitlines())) < 200


def test_options_follow_the_columns_to_their_new_names() -> None:
    options = DatasetOptions(
        "mine", "${y}", key=["a\nb", "c"], time="t", group="${y}", period="month"
    )
    renamed = rename_options(options, {"${y}": "{y}", "a\nb": "a b"})
    assert (renamed.target, renamed.key, renamed.time) == ("{y}", ["a b", "c"], "t")
    assert (renamed.group, renamed.period, renamed.drop) == ("{y}", "month", [])


def test_python_is_formatted_as_the_project_says_and_what_is_none_stays() -> None:
    assert format_python("x = {'a':1}\n", ROOT) == 'x = {"a": 1}\n'
    assert format_python("x = (\n", ROOT) == "x = (\n"


def write_periods(path: Path, periods: list[str]) -> Path:
    """Write a table whose rows are ordered by a column of texts."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {"when": np.repeat(periods, 100), "x": rng.normal(size=100 * len(periods)).round(3)}
    )
    frame["outcome"] = (frame["x"] + rng.normal(size=len(frame)) > 0).astype(int)
    frame.to_csv(path, index=False, quoting=csv.QUOTE_ALL)
    return path


def test_a_period_that_names_a_variable_of_the_environment_reaches_no_file(tmp_path: Path) -> None:
    periods = [f"${{oc.env:SECRET}}-{month:02}" for month in range(1, 11)]
    source = write_periods(tmp_path / "t.csv", periods)
    plan, texts = infer_dataset(source, "outcome", period="when")
    conf = {path: text for path, text in texts.items() if path.startswith("conf/")}
    assert "temporal" not in plan.split["kind"]
    values = [yaml.safe_load(text) for text in conf.values()]
    assert "${" not in str(values) and any("cannot hold ${" in note for note in plan.warnings)


def test_a_period_that_looks_like_yaml_stays_a_text(tmp_path: Path) -> None:
    periods = [f"{n}'\nkind: 'random" for n in range(10)]
    source = write_periods(tmp_path / "t.csv", periods)
    _, texts = infer_dataset(source, "outcome", period="when")
    split = yaml.safe_load(texts["conf/split/mine.yaml"])
    assert split["kind"] == "temporal" and split["train_until"] in periods
