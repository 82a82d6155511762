"""From a table to a report: one command and one `dvc exp run`, in a repository with real DVC."""

import argparse
import json
import re
import shutil
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from lockstep.core.errors import ConfigError
from lockstep.core.schema import Source
from lockstep.onboarding.new_dataset import (
    build_parser,
    check_dataset_name,
    parse_options,
    parse_source,
)
from template.tests.support.workspace import attempt, built_copy, restore, shell

WRITTEN = [
    "conf/dataset/orders.yaml",
    "conf/split/orders.yaml",
    "conf/gate/orders.yaml",
    "conf/experiment/orders.yaml",
    "recipes/orders.py",
]
CREATED = [*WRITTEN, "data/raw/orders", "data/raw/orders.dvc"]


def write_orders(path: Path) -> Path:
    """Write a table with dates, gaps, identifiers, hostile names and a column that tells too much."""
    rng = np.random.default_rng(3)
    n = 900
    when = pd.Timestamp("2022-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 600, n)), "D")
    amount = rng.lognormal(3, 1, n).round(2)
    region = rng.choice(["north", "south", "no"], n)
    is_returned = rng.random(n) < 1 / (1 + np.exp(2 - amount / 30 - (region == "no")))
    frame = pd.DataFrame(
        {
            "order.id": [f"A{number:05}" for number in range(n)],
            "class": region,
            "net amount, €": pd.Series(amount).mask(rng.random(n) < 0.1),
            "1st order": rng.integers(0, 2, n),
            "when": when.strftime("%d.%m.%Y"),
            "refund": np.where(is_returned, "paid", "none"),
            "returned": np.where(is_returned, "yes", "no"),
        }
    )
    frame.to_csv(path, index=False, sep=";", decimal=",", encoding="cp1252")
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_copy(tmp_path_factory, "new-dataset")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_orders(tmp_path_factory.mktemp("source") / "Orders 2022.csv")


@pytest.fixture
def root(built: Path) -> Path:
    restore(built)
    for name in CREATED:
        assert not (built / name).exists(), name
    return built


def command(source: Path | str, *options: str, name: str = "orders") -> list[str]:
    """Return the command line."""
    new_dataset = [sys.executable, "-m", "lockstep", "new-dataset", name, str(source)]
    return [*new_dataset, "--target", "returned", *options]


def is_untouched(root: Path) -> bool:
    """Return whether Git sees no change and no draft is left."""
    status = shell(root, "git", "status", "--porcelain", "--untracked-files=all")
    return status == "" and not list((root / ".cache").glob("new_dataset-*"))


def test_a_table_becomes_a_registered_model_and_a_report(root: Path, source: Path) -> None:
    output = shell(root, *command(source, "--yes"))
    assert "refund: a near copy of the target" in output
    line = next(line for line in output.splitlines() if line.startswith("  dvc exp run"))
    shell(root, *line.split("#")[0].split())
    assert json.loads((root / "metrics/gate.json").read_text(encoding="utf-8"))["verdict"] == "pass"
    assert (root / "models/registered/signature.json").exists()
    assert "returned" in (root / "reports/report.html").read_text(encoding="utf-8")
    params = (root / "params.yaml").read_text(encoding="utf-8")
    assert "early_stopping_rounds: 100" in params, (
        "the preset's model is conf/model/catboost_own.yaml"
    )
    split = json.loads((root / "metrics/split.json").read_text(encoding="utf-8"))
    assert split["kind"] == "temporal" and min(split["sizes"].values()) > 50
    data = json.loads((root / "metrics/data.json").read_text(encoding="utf-8"))
    assert data == {"ingested": 900, "validated": 900, "quarantined": 0, "checks": []}
    # The raw file's bytes are kept; its rows are predicted through the same load().
    assert (root / "data/raw/orders/orders.csv").read_bytes() == source.read_bytes()
    predict = [
        sys.executable,
        "-m",
        "lockstep",
        "predict",
        "--bundle",
        "models/registered",
        "--raw",
    ]
    shell(root, *predict, "--trust", "data/raw/orders", str(root / ".cache/out.csv"))
    assert len(pd.read_csv(root / ".cache/out.csv")) == 900
    (root / ".cache/out.csv").unlink()


def test_as_the_default_dvc_repro_runs_it_and_other_choices_still_win(
    root: Path, source: Path
) -> None:
    before = (root / "conf/config.yaml").read_text(encoding="utf-8").splitlines()
    output = shell(root, *command(source, "--yes", "--default"))
    assert re.search(r"^  dvc repro +#", output, re.MULTILINE)
    after = (root / "conf/config.yaml").read_text(encoding="utf-8").splitlines()
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [
        "  - dataset: orders",
        "  - split: orders",
        "  - model: catboost_own",
        "  - gate: orders",
    ]
    shell(root, "dvc", "repro", "compose", "split")
    params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
    assert (params["dataset"]["name"], params["split"]["kind"]) == ("orders", "temporal")
    assert params["gate"]["max_train_test_gap"] == 0.5
    others = ["-S", "dataset=penguins", "-S", "split=stratified", "-S", "model=linear"]
    for overrides in (others, ["-S", "experiment=penguins_linear", "-S", "gate=default"]):
        shell(root, "dvc", "exp", "run", "compose", *overrides)
        params = yaml.safe_load((root / "params.yaml").read_text(encoding="utf-8"))
        assert params["dataset"]["name"] == "penguins" and params["model"]["kind"] == "linear"


def test_what_is_written_lints_type_checks_and_its_test_passes(root: Path, source: Path) -> None:
    shell(root, *command(source, "--yes"))
    shell(root, "ruff", "check", "--no-cache", "recipes")
    shell(root, "ruff", "format", "--no-cache", "--check", "recipes")
    shell(root, "mypy", "--strict", "--follow-imports=skip", "--ignore-missing-imports",
          "--cache-dir", str(root / ".cache/mypy"), "recipes/orders.py")  # fmt: skip
    tests = (sys.executable, "-m", "pytest", "-n", "0", "tests/test_recipes.py", "-k", "orders")
    output = shell(root, *tests)
    assert "..." in output and "skipped" not in output


def test_the_new_files_are_staged_in_git_and_the_raw_ones_tracked_by_dvc(
    root: Path, source: Path
) -> None:
    shell(root, *command(source, "--yes"))
    staged = shell(root, "git", "diff", "--cached", "--name-only").split()
    assert set(staged) == {*CREATED, "data/raw/.gitignore"} - {"data/raw/orders"}
    assert shell(root, "git", "diff", "--name-only") == ""


def test_dry_run_shows_everything_and_writes_nothing(root: Path, source: Path) -> None:
    output = shell(root, *command(source, "--dry-run"))
    for name in WRITTEN:
        assert f"--- {name}" in output
    assert "net amount" in output and "proven" in output and is_untouched(root)


def test_without_a_terminal_it_asks_for_yes_and_writes_nothing(root: Path, source: Path) -> None:
    process = attempt(root, *command(source))
    assert process.returncode == 1 and "--yes" in process.stderr and is_untouched(root)


def test_nothing_is_overwritten_without_force(root: Path, source: Path, tmp_path: Path) -> None:
    shell(root, *command(source, "--yes"))
    before = {name: (root / name).read_bytes() for name in WRITTEN}
    process = attempt(root, *command(source, "--yes"))
    assert (
        process.returncode == 1
        and "orders is taken" in process.stderr
        and "--force" in process.stderr
    )
    assert before == {name: (root / name).read_bytes() for name in WRITTEN}
    frame = pd.read_csv(source, sep=";", encoding="cp1252", decimal=",")[:600]
    frame.to_csv(tmp_path / "new.csv", index=False)
    shell(root, *command(tmp_path / "new.csv", "--yes", "--force"))
    assert "600 rows" in (root / WRITTEN[0]).read_text(encoding="utf-8")
    assert len(pd.read_csv(root / "data/raw/orders/orders.csv")) == 600
    assert shell(root, "dvc", "status", "data/raw/orders.dvc").strip().endswith("up to date.")


def test_what_fails_half_way_leaves_everything_as_it_was(root: Path, source: Path) -> None:
    shell(root, *command(source, "--yes"))
    shell(root, "git", "commit", "-qm", "Orders")
    try:
        before = {p: p.read_bytes() for p in sorted((root / "data/raw/orders").rglob("*.csv"))}
        (root / ".dvcignore").write_text("data/raw/orders\n", encoding="utf-8")
        shell(root, "git", "commit", "-qam", "DVC will refuse it")
        frame = pd.read_csv(source, sep=";", encoding="cp1252", decimal=",")[:600]
        frame.to_csv(root / ".cache/new.csv", index=False)
        process = attempt(root, *command(root / ".cache/new.csv", "--yes", "--force"))
        assert process.returncode == 1 and "nothing was changed" in process.stderr
        assert before == {
            p: p.read_bytes() for p in sorted((root / "data/raw/orders").rglob("*.csv"))
        }
        assert is_untouched(root)
    finally:
        shell(root, "git", "reset", "-q", "--hard", "HEAD~2")
        shutil.rmtree(root / "data/raw/orders")


def test_a_refusal_is_one_line_and_nothing_is_written(root: Path, source: Path) -> None:
    process = attempt(root, *command(source, "--target", "Returnd", "--yes"))
    assert process.returncode == 1
    assert "'Returnd' is no column; did you mean returned" in process.stderr
    assert len(process.stderr.strip().splitlines()) == 1 and is_untouched(root)


def test_a_source_that_is_not_there_is_refused(root: Path) -> None:
    process = attempt(root, *command("nowhere.csv", "--yes"))
    assert process.returncode == 1 and "nowhere.csv is not there" in process.stderr
    assert is_untouched(root)


def test_a_name_that_is_taken_is_refused(root: Path, source: Path) -> None:
    process = attempt(root, *command(source, "--yes", name="penguins"))
    assert process.returncode == 1 and "is taken" in process.stderr and is_untouched(root)


NAMES = {
    "class": "a word of", "grouped": "a word of", "null": "a word of", "json": "a word of",
    "1st": "letters, digits", "a-b": "letters, digits", "../x": "letters, digits",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_no_file_or_choice_can_have_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=NAMES[name]):
        check_dataset_name(name)


def parse(*options: str) -> argparse.Namespace:
    """Return the parsed command line of a data set."""
    return build_parser().parse_args(["orders", *options, "--target", "y"])


def test_a_source_is_a_file_a_url_or_a_query() -> None:
    assert parse_source(parse("orders.csv")) is None
    assert parse_source(parse("s3://bucket/a.csv")) == Source("url", url="s3://bucket/a.csv")
    assert parse_source(parse("--query", "SELECT 1")) == Source("duckdb", query="SELECT 1")
    query = ["--query", "SELECT 1", "--url-env", "DB"]
    assert parse_source(parse(*query)) == Source("sql", query="SELECT 1", url_env="DB")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["a.csv", "--query", "SELECT 1"], "SOURCE or --query, not both"),
        ([], "SOURCE is missing"),
        (["a.csv", "--url-env", "DB"], "--url-env needs --query"),
        (["https://me:secret@host/a.csv"], "SOURCE is .*hidden"),
        (["blockcache::http://me:secret@host/a.csv"], "SOURCE is .*hidden"),
        (["https://host/a.csv?sig=secret"], "SOURCE is .*hidden"),
        (["--query", "FROM 'https://h/a.csv?api_key=secret'"], "--query is .*hidden"),
    ],
)
def test_options_that_do_not_go_together_are_refused(options: list[str], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as error:
        parse_source(parse(*options))
    assert "secret" not in str(error.value)


def test_columns_are_named_between_commas() -> None:
    options = parse_options(parse("a.csv", "--key", "a, b", "--drop", "c,", "--period", "week"))
    assert (options.key, options.drop, options.period) == (["a", "b"], ["c"], "week")


def test_the_default_split_says_in_one_line_what_to_choose(root: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"x": np.arange(200) % 7, "returned": ["yes", "no"] * 100})
    frame.to_csv(tmp_path / "t.csv", index=False)
    shell(root, *command(tmp_path / "t.csv", "--yes"))
    # A copy's default split is stratified.
    shell(root, "dvc", "exp", "run", "compose", "-S", "dataset=orders")
    process = attempt(
        root, "dvc", "exp", "run", "compose", "-S", "dataset=orders", "-S", "split=temporal"
    )
    assert process.returncode != 0
    assert (
        "allowed: random, stratified (dataset orders has no period"
        in process.stdout + process.stderr
    )


def test_a_query_and_a_url_become_the_source_that_fetch_refreshes(
    root: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = pd.read_csv(source, sep=";", decimal=",", encoding="cp1252")
    with sqlite3.connect(source.parent / "orders.db") as connection:
        frame.to_sql("orders", connection, index=False)
    monkeypatch.setenv("ORDERS_URL", f"sqlite:///{source.parent}/orders.db")
    query = ["--query", "SELECT * FROM orders", "--url-env", "ORDERS_URL"]
    new_dataset = [sys.executable, "-m", "lockstep", "new-dataset", "orders"]
    fetch = (sys.executable, "-m", "lockstep", "fetch", "--dataset", "orders")
    for options, kind in ((query, "sql"), ([f"file://{source}"], "url")):
        shell(root, *new_dataset, *options, "--target", "returned", "--yes")
        conf = (root / "conf/dataset/orders.yaml").read_text(encoding="utf-8")
        assert f"kind: {kind}" in conf and "sqlite" not in conf
        assert "nothing new" in shell(root, *fetch)
        restore(root)
