"""Bad input stops its stage with one clear line; mended, the next `dvc repro` makes the same dvc.lock."""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from template.tests.support.workspace import attempt, built_copy, contents, replace, restore, shell

Edit = Callable[[Path], None]
Table = list[dict[str, str]]
RAW, CSV = "data/raw/penguins", "data/raw/penguins/penguins.csv"
CONF, RECIPE = "conf/dataset/penguins.yaml", "recipes/penguins.py"
TARGET = "species: {type: str, allowed: [Adelie, Chinstrap, Gentoo], severity: fail}"
CLEAN, LOAD = '"""Nothing to mend."""\n    return frame', 'pd.read_csv(raw / "penguins.csv")'
FEATURIZE = '"""The measurements are the features."""\n    return frame'


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository on penguins, built once."""
    return built_copy(tmp_path_factory, "bad_input")


@pytest.fixture(scope="module")
def built(root: Path) -> dict[str, bytes]:
    """What the undisturbed run made."""
    return contents(root)


@pytest.fixture(autouse=True)
def unchanged(root: Path, built: dict[str, bytes]) -> None:
    """Every test starts from the last commit."""
    if contents(root) != built or shell(root, "git", "status", "--porcelain"):
        restore(root)


def table(change: Callable[[Table], Table | None]) -> Edit:
    """Change the raw rows: in place, or by returning others."""

    def edit(root: Path) -> None:
        with (root / CSV).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        names = list(rows[0])
        rows = change(rows) or rows
        with (root / CSV).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]) if rows else names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return edit


def put(row: int, **values: str) -> Edit:
    """Set cells of one raw row, counted from 0."""
    return table(lambda rows: rows[row].update(values))


def write(name: str, content: bytes) -> Edit:
    """Set a file's content."""

    def edit(root: Path) -> None:
        (root / name).write_bytes(content)

    return edit


def swap(name: str, old: str, new: str) -> Edit:
    """Replace a text in a file."""
    return lambda root: replace(root / name, old, new)


def both(*edits: Edit) -> Edit:
    """One edit after the other."""

    def edit(root: Path) -> None:
        for one in edits:
            one(root)

    return edit


def cleaned(code: str) -> Edit:
    """Have the recipe's clean() do this."""
    return swap(RECIPE, CLEAN, code)


def featurized(code: str) -> Edit:
    """Have the recipe's featurize() do this."""
    return swap(RECIPE, FEATURIZE, code)


def by_year(root: Path) -> None:
    """Split by time: 2007 trains, 2008 is watched, 2009 tests."""
    replace(root / "conf/config.yaml", "split: stratified", "split: temporal")
    replace(root / CONF, "period: null", "period: year")
    split = root / "conf/split/temporal.yaml"
    replace(split, "train_until: 2013-08", "train_until: '2007'")
    replace(split, "valid_until: 2013-09", "valid_until: '2008'")


def without(**values: str) -> Edit:
    """Leave out the raw rows that have all of these values."""
    return table(lambda rows: [row for row in rows if any(row[k] != v for k, v in values.items())])


def as_parquet(root: Path) -> Path:
    """Turn the raw file into Parquet and have the recipe read that."""
    path = root / RAW / "penguins.parquet"
    pd.read_csv(root / CSV).to_parquet(path, row_group_size=100)
    (root / CSV).unlink()
    replace(root / RECIPE, LOAD, 'pd.read_parquet(raw / "penguins.parquet")')
    return path


def truncate(root: Path) -> None:
    """A raw Parquet file whose second half is not there."""
    path = as_parquet(root)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def scramble(root: Path) -> None:
    """A raw Parquet file whose end is whole and whose rows are not."""
    path = as_parquet(root)
    whole = path.read_bytes()
    path.write_bytes(whole[:8] + bytes(1000) + whole[1008:])


def leak(root: Path) -> None:
    """A feature that is the target, as a number."""
    featurized('return frame.assign(bill_depth_mm=frame["species"].map(len))')(root)
    replace(root / CONF, "leakage_limit: 1.0", "leakage_limit: 0.95")
    replace(root / CONF, "numeric: [bill_length_mm, ", "numeric: [")


BROKEN: dict[str, tuple[Edit, str, list[str]]] = {
    "an empty raw file": (write(CSV, b""), "ingest", [CSV, "is empty", "`git checkout"]),
    "a truncated Parquet file": (
        truncate,
        "ingest",
        [f"{RAW}/penguins.parquet", "not a whole Parquet file", "`git checkout"],
    ),
    "text in a number column": (
        put(3, body_mass_g="heavy"),
        "ingest",
        [RAW, "column body_mass_g", "expected float", "'heavy' in row 3", "conf/dataset/"],
    ),
    "a target with one class": (
        table(lambda rows: [row for row in rows if row["species"] == "Adelie"]),
        "validate_data",
        [RAW, "column species", "two or more values", "only Adelie", "mend the source", CONF],
    ),
    "a target with missing values": (
        put(5, species=""),
        "validate_data",
        [RAW, "column species", "not missing", "1 rows", "row_id 5", "mend the source", CONF],
    ),
    "duplicate keys": (
        table(lambda rows: [row.update(row_id="7") for row in rows[10:15]] and rows),
        "validate_data",
        ["column row_id", "unique key", "5 rows", "row_id 7; row_id 7; row_id 7;", CONF],
    ),
    "no row that is valid": (
        swap(CONF, "min: 2007, max: 2009", "min: 2010, max: 2011"),
        "validate_data",
        [RAW, "no row is valid", "data/quarantine/", CONF],
    ),
    "infinite values that featurize() makes": (
        featurized('return frame.assign(body_mass_g=1 / (frame["row_id"] - 5))'),
        "featurize",
        [RECIPE, "column body_mass_g is infinite", "row_id 5", "0 others"],
    ),
    "a recipe whose load() is not there": (
        swap(CONF, "recipe: penguins", "recipe: puffins"),
        "ingest",
        ["dataset.recipe is 'puffins'", "recipes/"],
    ),
    "a recipe whose clean() drops rows": (
        cleaned("return frame.dropna()"),
        "preprocess",
        ["data/validated/penguins.parquet", "333 rows of 344", f"clean() of {RECIPE}", "row-wise"],
    ),
    "a period that is missing": (
        both(by_year, without(year="2008")),
        "split",
        ["split.train_until '2007'", "split.valid_until '2008'", "valid", "2007 to 2009", "move"],
    ),
    "a class in test that no training row has": (
        both(
            by_year,
            without(species="Chinstrap", year="2007"),
            without(species="Chinstrap", year="2008"),
        ),
        "evaluate",
        ["target species", "'Chinstrap'", "no training row", "split=stratified"],
    ),
    "a column that leaks the target": (
        leak,
        "train",
        ["column bill_depth_mm", "AUC of 1.000", "dataset.leakage_limit 0.95", "remove"],
    ),
    "a value in conf/ that is not allowed": (
        swap("conf/model/linear.yaml", "C: 1.0", "C: -3"),
        "compose",
        ["model.params.C is -3", "allowed: 1e-09 to"],
    ),
}
# What reaches its stage without the stages before it, so that DVC adds nothing but time.
BROKEN_BY_HAND: dict[str, tuple[Edit, str, list[str]]] = {
    "a raw file with a header alone": (
        table(lambda rows: rows.clear()),
        "ingest",
        [RAW, "no rows", RECIPE],
    ),
    "a raw folder that is absent": (
        lambda root: shutil.rmtree(root / RAW),
        "ingest",
        [RAW, "is not there", "`git checkout"],
    ),
    "a raw folder that is empty": (
        lambda root: (root / CSV).unlink(),
        "ingest",
        [RAW, "holds no file", "`git checkout"],
    ),
    "a Parquet file with spoilt rows": (scramble, "ingest", [f"{RAW}/penguins.parquet is damaged"]),
    "a raw file in another encoding": (
        write(CSV, b"row_id,species\n1,Ad\xe9lie\n"),
        "ingest",
        [RAW, "utf-8", RECIPE, "line 15"],
    ),
    "a raw row with a field too many": (
        swap(CSV, "\n1,Adelie,", "\n1,Adelie,,"),
        "ingest",
        [RAW, "line 3", RECIPE],
    ),
    "a missing column": (
        table(lambda rows: [{k: v for k, v in row.items() if k != "sex"} for row in rows]),
        "ingest",
        [RAW, "column sex is missing", "there are row_id, ", "conf/dataset/"],
    ),
    "a fraction in an integer column": (
        put(3, year="2007.5"),
        "ingest",
        [RAW, "column year", "expected int", "2007.5 in row 3", "conf/dataset/"],
    ),
    "text that featurize() makes of a number": (
        featurized('return frame.assign(body_mass_g=frame["species"])'),
        "featurize",
        [RECIPE, "column body_mass_g", "expected a number", "Adelie", CONF],
    ),
    "a feature that the recipe does not give": (
        featurized('return frame.drop(columns="body_mass_g")'),
        "featurize",
        [RECIPE, "no column body_mass_g", CONF, "it gives row_id, "],
    ),
    "a recipe with a syntax error": (
        cleaned("return frame ]"),
        "ingest",
        [RECIPE, "line 19", "unmatched ']'"],
    ),
    "a recipe that fails on import": (
        swap(RECIPE, "def clean", "nonsense\n\n\ndef clean"),
        "ingest",
        [RECIPE, "line 18", "'nonsense' is not defined"],
    ),
    "a recipe without clean()": (
        swap(RECIPE, "def clean", "def tidy"),
        "preprocess",
        [RECIPE, "no attribute 'clean'"],
    ),
    "a recipe without load()": (
        swap(RECIPE, "def load", "def read"),
        "ingest",
        [RECIPE, "no attribute 'load'"],
    ),
    "a recipe whose clean() raises": (
        cleaned('return frame.drop(columns="colour")'),
        "preprocess",
        ["data/validated/penguins.parquet", "colour", RECIPE, "clean(), line 19"],
    ),
    "a recipe whose clean() returns nothing": (
        cleaned("frame.dropna()"),
        "preprocess",
        ["data/validated/penguins.parquet", f"clean() of {RECIPE}", "NoneType"],
    ),
    "a key in conf/ that does not exist": (
        swap(CONF, "group: island", "grupp: island"),
        "compose",
        ["conf/", "dataset.grupp", "not in"],
    ),
    "YAML in conf/ that cannot be read": (
        swap(CONF, "key: [row_id]", "key: [row_id"),
        "compose",
        ["conf/", "penguins.yaml", "line"],
    ),
}
BROKEN_IN_VALIDATION: dict[str, tuple[Edit, list[str]]] = {
    "a class that the schema does not know": (
        put(5, species="Emperor"),
        ["column species", "one of Adelie, Chinstrap, Gentoo", "Emperor (row_id 5)", CONF],
    ),
    "too few rows": (
        table(lambda rows: rows[:50] + rows[-40:]),
        [RAW, "at least 100 rows", "90 rows", CONF],
    ),
}


def lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What stands on stderr, DVC's own words aside."""
    own = ("ERROR: failed to reproduce", "WARNING: 'data/quarantine' is empty.")
    return [one for one in done.stderr.splitlines() if one and not one.startswith(own)]


def stopped(done: subprocess.CompletedProcess[str], stage: str, words: list[str]) -> None:
    """Assert that the stage stopped with one line that holds the words."""
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    assert len(lines(done)) == 1, done.stderr
    line = lines(done)[0]
    assert line.startswith(f"{stage}: "), line
    assert [word for word in words if word not in line] == [], line


def by_hand(root: Path, stage: str) -> subprocess.CompletedProcess[str]:
    """Run one stage without DVC."""
    return attempt(root, sys.executable, "-m", f"stages.{stage}")


def json_of(root: Path, name: str) -> Any:
    """A JSON file's value."""
    return json.loads((root / name).read_text(encoding="utf-8"))


def mend(root: Path) -> None:
    """Bring back what a person edits: the sources alone."""
    shell(root, "git", "checkout", "-q", "--", "conf", "recipes", "data/raw")
    shell(root, "git", "clean", "-qfd", "--", "conf", "recipes", "data/raw")


@pytest.mark.parametrize("name", list(BROKEN))
def test_bad_input_stops_its_stage_with_one_line_and_mending_it_brings_all_back(
    root: Path, built: dict[str, bytes], name: str
) -> None:
    edit, stage, words = BROKEN[name]
    edit(root)
    stopped(attempt(root, "dvc", "repro"), stage, words)
    assert list(root.rglob("*.part")) == []
    mend(root)
    shell(root, "dvc", "repro")
    after = contents(root)
    assert after["dvc.lock"] == built["dvc.lock"]
    assert after == built


@pytest.mark.parametrize("name", list(BROKEN_BY_HAND))
def test_bad_input_stops_a_stage_run_by_hand_with_one_line_and_mended_it_makes_the_same(
    root: Path, built: dict[str, bytes], name: str
) -> None:
    edit, stage, words = BROKEN_BY_HAND[name]
    edit(root)
    stopped(by_hand(root, stage), stage, words)
    assert list(root.rglob("*.part")) == []
    mend(root)
    assert by_hand(root, stage).returncode == 0
    assert contents(root) == built


@pytest.mark.parametrize("name", list(BROKEN_IN_VALIDATION))
def test_bad_rows_stop_validation_with_one_line(root: Path, name: str) -> None:
    edit, words = BROKEN_IN_VALIDATION[name]
    edit(root)
    assert by_hand(root, "ingest").returncode == 0
    stopped(by_hand(root, "validate_data"), "validate_data", words)


def test_what_was_there_before_comes_back_without_running_anything(
    root: Path, built: dict[str, bytes]
) -> None:
    table(lambda rows: rows[:99])(root)
    stopped(attempt(root, "dvc", "repro"), "validate_data", ["at least 100 rows"])
    shell(root, "git", "checkout", "-q", "HEAD", "--", "metrics", "dvc.lock")
    shell(root, "dvc", "checkout", "-q")
    assert contents(root) == built


@pytest.mark.parametrize("stage", ["train", "register"])
def test_a_value_in_params_yaml_is_refused_by_a_stage_run_by_hand(root: Path, stage: str) -> None:
    replace(root / "params.yaml", "C: 1.0", "C: -3")
    before = contents(root)
    stopped(by_hand(root, stage), stage, ["model.params.C is -3", "allowed: "])
    assert contents(root) == before, "a refused stage touched an output"


def test_a_value_of_an_experiment_is_refused_before_anything_is_written(
    root: Path, built: dict[str, bytes]
) -> None:
    done = attempt(root, "dvc", "exp", "run", "-S", "model=catboost", "-S", "model.params.depth=-3")
    assert done.returncode != 0
    said = " ".join(done.stderr.split())
    assert "model.params.depth is -3; allowed: a whole number from 1 to 16" in said
    assert "Traceback" not in said
    assert contents(root) == built
    assert shell(root, "git", "status", "--porcelain") == ""


def test_a_stage_run_too_early_says_what_to_run(root: Path) -> None:
    shutil.rmtree(root / "data/features")
    stopped(by_hand(root, "split"), "split", ["data/features", "`dvc repro`"])
    (root / "params.yaml").unlink()
    stopped(by_hand(root, "split"), "split", ["params.yaml is not there", "`dvc repro compose`"])


def test_a_partition_cut_short_is_named_and_the_next_repro_brings_it_back(
    root: Path, built: dict[str, bytes]
) -> None:
    path = root / "data/ingested/penguins.parquet"
    path.write_bytes(path.read_bytes()[:1000])
    words = ["data/ingested/penguins.parquet", "not a whole Parquet file", "`dvc checkout"]
    stopped(by_hand(root, "validate_data"), "validate_data", words)
    shell(root, "dvc", "repro")
    assert contents(root) == built


def test_infinite_values_go_to_quarantine_with_their_reason(root: Path) -> None:
    put(4, body_mass_g="inf", bill_length_mm="-inf")(root)
    shell(root, "dvc", "repro", "validate_data")
    bad = pd.read_parquet(root / "data/quarantine")
    assert bad["row_id"].tolist() == [4]
    assert "body_mass_g: finite" in bad["broken_checks"][0]
    assert "bill_length_mm: finite" in bad["broken_checks"][0]


def test_duplicate_keys_may_go_to_quarantine_and_no_row_is_lost(root: Path) -> None:
    table(lambda rows: [row.update(row_id="7") for row in rows[10:15]] and rows)(root)
    replace(root / CONF, "unique_key: fail", "unique_key: quarantine")
    shell(root, "dvc", "repro", "validate_data")
    bad = pd.read_parquet(root / "data/quarantine")
    good = pd.read_parquet(root / "data/validated")
    assert bad["row_id"].tolist() == [7] * 5
    assert set(bad["broken_checks"]) == {"row_id: unique key"}
    assert good["row_id"].is_unique
    assert good["row_id"].tolist().count(7) == 1, "the first row stays"
    counts = json_of(root, "metrics/data.json")
    assert (counts["ingested"], counts["validated"], counts["quarantined"]) == (344, 339, 5)
    assert len(good) + len(bad) == 344


def test_too_large_a_quarantine_is_a_verdict_with_its_reason(root: Path) -> None:
    table(lambda rows: [row.update(body_mass_g="99999") for row in rows[:30]] and rows)(root)
    for stage in ("ingest", "validate_data", "validate_model", "register"):
        assert by_hand(root, stage).returncode == 0, stage
    gate = json_of(root, "metrics/gate.json")
    assert gate["verdict"] == "fail"
    reasons = [one["reason"] for one in gate["checks"] if not one["passed"]]
    assert any(reason.startswith("quarantined rows 8.7 % (limit 5 %)") for reason in reasons), (
        reasons
    )
    assert not (root / "models/registered/sha256.json").exists()
    assert (root / "models/registered/refusal.json").exists()


def test_a_category_unseen_in_training_is_predicted(root: Path) -> None:
    by_year(root)
    replace(root / CONF, "Torgersen]", "Torgersen, Elephant]")
    new = {"island": "Elephant"}
    table(lambda rows: [row.update(new) for row in rows if row["year"] == "2009"] and rows)(root)
    shell(root, "dvc", "repro", "split")
    before = "linear"
    for kind in ("linear", "catboost"):
        replace(root / "conf/config.yaml", f"model: {before}", f"model: {kind}")
        before = kind
        for stage in ("compose", "train", "evaluate"):
            assert by_hand(root, stage).returncode == 0, (kind, stage)
        said = pd.read_parquet(root / "data/predictions/test.parquet")
        chances = said[["p_Adelie", "p_Chinstrap", "p_Gentoo"]]
        assert len(said) == 120
        assert chances.notna().all(axis=None)
        assert (chances.sum(axis=1) - 1).abs().max() < 1e-6
