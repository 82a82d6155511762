"""Any column's name goes through the whole pipeline; the few that cannot are refused in one line."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lockstep.core.config import parse_config
from lockstep.core.errors import ConfigError
from template.tests.support.workspace import attempt, choose, copy, replace, shell

TRANSFORMS = """
import pandas as pd


def load(raw):
    yield "t", pd.read_csv(raw / "t.csv", keep_default_na=False, na_values={"größe": [""]})


def clean(frame):
    return frame


def featurize(frame):
    return frame
"""
# All stages in one process: DVC is given the same names once, below.
STAGES = """
import importlib
for name in "compose ingest validate_data preprocess featurize split train evaluate validate_model \\
        register log_metadata report".split():
    importlib.import_module("stages." + name).main()
"""
NUMERIC = [
    *(
        "two words",
        "größe",
        "年",
        "1st",
        "it's",
        'say "x"',
        "a,b",
        "a[0]",
        "{x}",
        "$x",
        "Case",
        "case",
    ),
    *(
        "class",
        "None",
        "null",
        "yes",
        "on",
        "index",
        "__index_level_0__",
        "split",
        "prediction",
        "y",
    ),
    *("weight", "fold", "row_id", "probability", "score", "predicted", "p_no", "a", "a.b", "a.b.c"),
    *("self", "frame", "name", "values", "T", "feature", "importance", "_root_", "_merge", "loss"),
    *("column", "check", "key", "rows", "numeric", "model", "\u00a0space", "e\u0301", "\u00e9"),
]
CATEGORICAL = [
    *(
        "a b",
        "<b>bold</b>",
        "a|b",
        "c:d",
        "#x",
        " lead",
        "trail ",
        "a=b",
        "%s",
        "back\\slash",
        "-",
        "~",
    ),
    *(
        "?",
        "*",
        "&a",
        "&lt;",
        "!x",
        "123",
        "1e5",
        "true",
        "3.14",
        "😀",
        "2013-01-01",
        "12:30",
        "0x1f",
    ),
    *(
        "<<",
        "=",
        "`tick`",
        "missing",
        "target",
        "level_0",
        "no",
        "tab\tx",
        "new\nline",
        "@x",
        "'",
        '"',
    ),
]
VALUES = ["x", "<i>y</i>", "z|z", "q,\"q'"]
CLASSES = {"binary": ["no", "yes"], "multiclass": ["<u>a</u>", "b|b", "no"]}
ROWS, TARGET, KEY = 400, "the target?", "a key"


def table(task: str, wide: int) -> pd.DataFrame:
    """Rows with every name, as many more columns as make `wide`, and a target that follows three."""
    draw = np.random.default_rng(0)
    more = [f"column {number}" for number in range(wide - len(NUMERIC) - len(CATEGORICAL))]
    numbers = {name: draw.normal(size=ROWS) for name in [*NUMERIC, *more]}
    texts = {name: draw.choice(VALUES, ROWS) for name in CATEGORICAL}
    frame = pd.DataFrame({KEY: np.arange(ROWS), **numbers, **texts})
    value = 2 * frame["two words"] + 2 * frame["a.b"] + 3 * (frame["a|b"] == "x")
    frame.loc[draw.random(ROWS) < 0.1, "größe"] = np.nan
    if task == "regression":
        return frame.assign(**{TARGET: value + draw.normal(size=ROWS)})
    limits = [0.8] if task == "binary" else [-0.5, 1.5]
    classes = np.array(CLASSES[task], dtype=object)
    return frame.assign(**{TARGET: classes[np.digitize(value, limits)]})


def hostile(folder: Path, task: str, model: str, wide: int = 0) -> Path:
    """A repository on such a table, its configuration and recipe written as a person would."""
    root = copy(folder, model)
    frame = table(task, wide)
    (root / "data/raw/hostile").mkdir(parents=True)
    frame.to_csv(root / "data/raw/hostile/t.csv", index=False)
    (root / "recipes/hostile.py").write_text(TRANSFORMS, encoding="utf-8")
    types = {"int64": "int", "float64": "float", "str": "str", "object": "str"}
    columns = {
        name: {"type": types[str(dtype)], "nullable": name == "größe"}
        for name, dtype in frame.dtypes.items()
    }
    roles = {
        "numeric": [n for n in frame if frame[n].dtype == "float64" and n != TARGET],
        "categorical": CATEGORICAL,
        "slices": ["a b", "<b>bold</b>", "a|b"],
    }
    conf = {"name": "hostile", "recipe": "hostile", "raw": "data/raw/hostile", "task": task}
    conf |= {"target": TARGET, "key": [KEY], "group": "a b", "leakage_limit": 1.0, **roles}
    conf |= {"checks": {"columns": columns}}
    text = json.dumps(conf, ensure_ascii=False, indent=1)  # JSON is YAML
    (root / "conf/dataset/hostile.yaml").write_text(text, encoding="utf-8")
    choose(root / "conf/config.yaml", "dataset", "hostile")
    choose(root / "conf/config.yaml", "split", "random")
    replace(root / "conf/model/catboost.yaml", "iterations: 100", "iterations: 15")
    gate = root / "conf/gate/default.yaml"
    replace(gate, "calibration_error: 0.05", "")
    for name, value in (("worst_slice_drop", "0.3"), ("max_train_test_gap", "0.15")):
        replace(gate, f"{name}: {value}", f"{name}: null")
    if model == "linear":
        replace(root / "conf/model/linear.yaml", "C: 1.0", "C: 0.01")
    return root


def must_serve(root: Path, task: str) -> None:
    """Assert that rows of CSV and Parquet are predicted as evaluate did, and that drift sees none."""
    command = (sys.executable, "-m", "lockstep", "predict")
    bundle = ("--bundle", "models/registered", "--trust")
    for source in ("data/raw/hostile/t.csv", "data/ingested/t.parquet"):
        said = attempt(root, *command, source, "out.parquet", *bundle, "--force")
        assert said.stdout.startswith("predicted 400 rows, rejected 0"), said.stderr
        assert said.stderr == ""
        out = pd.read_parquet(root / "out.parquet")
        test = pd.read_parquet(root / "data/predictions/test.parquet")
        both = test[[KEY]].merge(out, on=KEY)
        for name in [n for n in test if n not in (KEY, "y")]:
            assert both[name].tolist() == test[name].tolist(), name
    drift = attempt(
        root, sys.executable, "-m", "lockstep", "drift", "data/raw/hostile/t.csv", *bundle
    )
    assert drift.returncode == 0, drift.stderr
    assert drift.stderr == ""
    assert all(f"\n{name} " in drift.stdout for name in ("1st", "a,b", "<b>bold</b>", "self"))


@pytest.mark.parametrize(
    ("task", "model", "wide"),
    [
        pytest.param("binary", "linear", 0, marks=pytest.mark.slow),
        ("multiclass", "catboost", 0),
        ("multiclass", "linear", 0),
        ("regression", "catboost", 500),
        pytest.param("regression", "linear", 0, marks=pytest.mark.slow),
        pytest.param("regression", "hist_gradient_boosting", 0, marks=pytest.mark.slow),
    ],
)
def test_any_name_goes_through_every_stage(
    task: str, model: str, wide: int, tmp_path: Path
) -> None:
    root = hostile(tmp_path / "root", task, model, wide)
    shell(root, sys.executable, "-c", STAGES)
    must_serve(root, task)


def test_any_name_goes_through_dvc_and_nothing_of_it_is_taken_for_html_or_markdown(
    tmp_path: Path,
) -> None:
    root = hostile(tmp_path / "root", "binary", "catboost")
    shell(root, "dvc", "repro")
    must_serve(root, "binary")
    shell(root, "git", "add", "-A")
    shell(root, "git", "commit", "-qm", "Built")
    shell(root, "dvc", "exp", "run", "-S", "seed=7", "compose")  # DVC writes params.yaml itself
    changed = "-seed: 42", "+seed: 7"
    lines = shell(root, "git", "diff", "-U0", "params.yaml").splitlines()[5:]
    assert tuple(lines) == changed
    report = (root / "reports/report.html").read_text(encoding="utf-8")
    card = (root / "reports/model_card.md").read_text(encoding="utf-8")
    for raw in ("<b>bold", "<i>y"):
        assert raw not in report
        assert raw not in re.sub("`[^`]*`", "", card)  # code aside
    assert "&lt;b&gt;bold&lt;/b&gt; = &lt;i&gt;y&lt;/i&gt;" in report
    assert "| `<b>bold</b>` = `<i>y</i>` | " in card
    assert "`&lt;`" in card
    assert "| `a`&#124;`b` = `z`&#124;`z` | " in card


def config(**dataset: Any) -> dict[str, Any]:
    """A configuration of a small data set, otherwise in order."""
    key = dataset.pop("key", "id")
    task = dataset.pop("task", "binary")
    named = dataset.pop("column", "x")
    roles = {
        "name": "d",
        "recipe": "d",
        "raw": "data/raw/r",
        "task": task,
        "target": "t",
        "key": [key],
    }
    columns = {name: {"type": "float"} for name in (key, "t", named)}
    gate = {
        "baseline_metric": {"binary": "log_loss", "multiclass": "log_loss", "regression": "rmse"}
    }
    return {
        "dataset": {**roles, "numeric": [named], "checks": {"columns": columns}, **dataset},
        "split": {"kind": "random"},
        "model": {"kind": "linear"},
        "gate": gate,
    }


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"column": "broken_checks"}, ["dataset.checks.columns", "'broken_checks'", "quarantine"]),
        ({"column": ""}, ["dataset.checks.columns", "''", "at least one character"]),
        ({"column": "a\x00b"}, ["dataset.checks.columns", "control characters"]),
        ({"column": "a\u2028b"}, ["dataset.checks.columns", "control characters"]),
        ({"column": "${x}", "numeric": ["v"]}, ["dataset.checks.columns", "without ${"]),
        ({"key": "y"}, ["dataset.key", "'y'", "predictions"]),
        ({"key": "score"}, ["dataset.key", "'score'", "predictions"]),
        ({"key": "p_a", "task": "multiclass"}, ["dataset.key", "'p_a'", "predictions"]),
        ({"key": "prediction", "task": "regression"}, ["dataset.key", "'prediction'"]),
    ],
)
def test_a_name_that_cannot_be_held_is_refused_in_composition(
    given: dict[str, Any], words: list[str]
) -> None:
    parse_config(config())
    with pytest.raises(ConfigError) as refused:
        parse_config(config(**given))
    line = str(refused.value)
    assert [
        word for word in [*words, "rename the column in the recipe's load()"] if word not in line
    ] == []


def test_a_key_that_is_another_task_s_prediction_is_a_name_like_any_other() -> None:
    for task, key in (("regression", "score"), ("binary", "p_a"), ("multiclass", "score")):
        assert parse_config(config(task=task, key=key)).dataset.key == [key]


@pytest.mark.parametrize("key", ["yes", "1e5"])
def test_a_name_that_yaml_reads_as_something_else_is_refused_and_quotes_are_named(
    key: str, tmp_path: Path
) -> None:
    root = copy(tmp_path / "root")
    file = root / "conf/dataset/penguins.yaml"
    replace(file, "    year: {type: int", f"    {key}: {{type: int")
    done = attempt(root, sys.executable, "-m", "stages.compose")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "incompatible with (str); put the name in quotes" in done.stderr


def test_a_feature_that_yaml_reads_as_a_truth_is_refused_and_quotes_are_named(
    tmp_path: Path,
) -> None:
    root = hostile(tmp_path / "root", "binary", "linear")
    replace(root / "conf/dataset/hostile.yaml", '"numeric": [\n', '"numeric": [yes,\n')
    stages = STAGES.replace(" split train evaluate validate_model", "").replace(
        "register log_metadata report", ""
    )
    done = attempt(root, sys.executable, "-c", stages)
    assert "gives no column True" in done.stderr
    assert "yes, no, on or off without quotes?" in done.stderr
