"""Drift of new rows is what evaluate finds of the same rows; a scheduler sees it by the exit status."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from lockstep.core.errors import ConfigError, DataError, LockstepError
from lockstep.core.partitions import read_all
from lockstep.prediction import row_files
from lockstep.prediction.drift import find_drift, main, make_parser
from lockstep.training import bundle
from stages import evaluate, featurize, ingest, preprocess, split, train, validate_data
from template.tests.prediction.test_predict import DATA, complete, configure, raw

STAGES = (ingest, validate_data, preprocess, featurize, split, train, evaluate)
BUNDLE = ("--bundle", "models/candidate", "--trust")
Drift = dict[str, Any]


def drift(*arguments: object) -> Drift:
    """Return the drift that the command finds, in this process."""
    return find_drift(make_parser().parse_args([str(argument) for argument in arguments]))


def status(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    """Return the exit status of the command."""
    monkeypatch.setattr(sys, "argv", ["drift", *(str(argument) for argument in arguments)])
    try:
        main()
    except SystemExit as stop:
        return int(str(stop.code))
    return 0


def built(folder: Path, task: str) -> Path:
    """A folder where the stages have run until evaluate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        raw(folder / "data/raw/rows", task)
        configure([*DATA[task], "model=linear"])
        for stage in STAGES:
            stage.main()
        complete()
    return folder


@pytest.mark.parametrize("task", list(DATA))
def test_of_the_test_rows_it_says_what_evaluate_wrote(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(built(tmp_path, task))
    [key] = bundle.read_dataset(Path(BUNDLE[1]), bundle.verify(Path(BUNDLE[1]))).key
    tested = pd.read_parquet("data/splits/test", columns=[key])[key]
    rows = read_all(Path("data/ingested"))
    rows[rows[key].isin(tested)].sample(frac=1.0, random_state=0).to_csv("new.csv", index=False)
    result = drift("new.csv", *BUNDLE)
    written = json.loads(Path("metrics/drift.json").read_text(encoding="utf-8"))
    assert {name: result[name] for name in written} == written
    measured = json.loads(Path("metrics/test.json").read_text(encoding="utf-8"))["metrics"]
    recomputed = {name: metric["now"] for name, metric in result["performance"]["metrics"].items()}
    assert recomputed == pytest.approx(measured, abs=1e-12)
    assert result["rows"] == len(tested) and result["performance"]["claimed_on"] == "valid"


@pytest.fixture(scope="module")
def penguins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where the stages have run on the penguins."""
    return built(tmp_path_factory.mktemp("penguins"), "multiclass")


@pytest.fixture
def rows(penguins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """The training rows as they were ingested; this folder has a copy of the bundle."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(penguins / "models/candidate", "models/candidate")
    trained = pd.read_parquet(penguins / "data/splits/train", columns=["row_id"])["row_id"]
    frame = read_all(penguins / "data/ingested")
    return frame[frame["row_id"].isin(trained)].reset_index(drop=True)


def drift_of(frame: pd.DataFrame, *options: object) -> Drift:
    """Return the drift of rows given as Parquet."""
    frame.to_parquet("new.parquet", index=False)
    return drift("new.parquet", *BUNDLE, *options)


def test_training_rows_have_not_drifted_from_themselves(
    rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = drift_of(rows)
    assert all(column["psi"] < 1e-12 and column["p_value"] == 1.0 for column in result["columns"])
    assert result["reasons"] == [] and result["rows"] == len(rows)
    assert status(monkeypatch, "new.parquet", *BUNDLE) == 0
    assert capsys.readouterr().out.endswith(f"{len(rows)} rows compared, 0 rejected\nno drift\n")


def test_heavier_and_longer_birds_are_drift_and_the_status_says_so(
    rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moved = rows.assign(body_mass_g=rows["body_mass_g"] * 1.2, bill_length_mm=60.0)
    result = drift_of(moved)
    drifted = {column["column"] for column in result["columns"] if column["drifted"]}
    assert drifted == {"body_mass_g", "bill_length_mm"} and result["share"] == pytest.approx(1 / 3)
    assert "2 of 6 columns drifted: 33.33 % (limit 30.00 %)" in result["reasons"]
    options = ("new.parquet", *BUNDLE, "--json", "out/found.json")
    assert status(monkeypatch, *options) == 3
    assert json.loads(Path("out/found.json").read_text(encoding="utf-8")) == result
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["bill_length_mm", "body_mass_g"]
    assert "<1e-16" in lines[1] and " 1 " in lines[6]
    assert result["prediction"]["psi"] == max(output["psi"] for output in result["outputs"])
    assert "drift: 2 of 6 columns" in "".join(lines)
    wide = ("--max-share", 0.4, "--psi", 100, "--max-loss", 100)
    assert status(monkeypatch, "new.parquet", *BUNDLE, *wide) == 0


def test_a_target_that_no_longer_follows_is_a_loss_of_performance(rows: pd.DataFrame) -> None:
    other = rows["species"].sample(frac=1.0, random_state=0).to_numpy()
    result = drift_of(rows.assign(species=other))
    assert result["share"] == 0 and len(result["reasons"]) == 1
    assert result["reasons"][0].startswith("log_loss is worse than on valid by")
    assert result["performance"]["interval"][0] > 0.1
    assert drift_of(rows)["performance"]["loss"] < 0.05


def test_rows_without_a_target_have_no_performance(rows: pd.DataFrame) -> None:
    whole = drift_of(rows)
    bare = drift_of(rows.drop(columns="species"))
    assert bare["performance"] is None and bare["columns"] == whole["columns"]
    half = rows.assign(species=rows["species"].where(rows.index % 2 == 0))
    assert drift_of(half)["performance"]["rows"] == len(rows[::2])


def test_it_says_the_same_however_the_rows_are_cut(
    rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = rows.assign(body_mass_g=rows["body_mass_g"] * 1.1)
    moved.loc[[3, 90, 91], "bill_depth_mm"] = 99.0
    whole = drift_of(moved)
    assert whole["rejected"] == 3
    monkeypatch.setattr(row_files, "ROWS", 37)
    assert drift_of(moved) == whole


def test_rejected_rows_are_counted_and_left_out(rows: pd.DataFrame) -> None:
    spoilt = rows.assign(bill_depth_mm=rows["bill_depth_mm"].where(rows.index > 9, 99.0))
    result = drift_of(spoilt)
    assert (result["rows"], result["rejected"]) == (len(rows) - 10, 10)
    assert result["columns"] == drift_of(rows[10:])["columns"]


def change(**contents: Any) -> None:
    """Replace files of the bundle, by their names without .json, and seal it."""
    folder = Path("models/candidate")
    for name, content in contents.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    bundle.seal(folder)


def config() -> Drift:
    """Return the bundle's configuration."""
    values: Drift = json.loads(Path("models/candidate/config.json").read_text(encoding="utf-8"))
    return values


def test_a_registered_bundle_gives_its_limits_and_its_metrics_of_test(rows: pd.DataFrame) -> None:
    limits = {"psi": 0.2, "p_value": 0.01, "max_share": 0.5, "max_loss": 0.3}
    change(config={**config(), "gate": {"drift": limits}}, lineage={"metrics": {"log_loss": 0.01}})
    result = drift_of(rows, "--max-share", 0.25)
    assert result["limits"] == {**limits, "max_share": 0.25}
    assert result["performance"]["claimed_on"] == "test"
    assert result["performance"]["metrics"]["log_loss"]["claimed"] == 0.01


def test_a_class_that_training_did_not_see_is_counted_and_not_scored(
    rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loose = config()
    loose["dataset"]["checks"]["columns"]["species"]["allowed"] = None
    change(config=loose)
    result = drift_of(rows.assign(species=rows["species"].where(rows.index > 9, "Emperor")))
    assert (result["strange_targets"], result["performance"]["rows"]) == (10, len(rows) - 10)
    assert status(monkeypatch, "new.parquet", *BUNDLE) == 0
    assert "10 rows have a class that training did not see" in capsys.readouterr().out


def test_what_cannot_be_compared_is_refused_in_one_line(rows: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="no row is valid, there is nothing to compare"):
        drift_of(rows.assign(bill_depth_mm=np.inf))
    with pytest.raises(DataError, match="no row is valid"):
        drift_of(rows[:0])
    with pytest.raises(DataError, match="column year is missing"):
        drift_of(rows.drop(columns="year"))
    with pytest.raises(ConfigError, match=r"gate.drift.p_value is 5.0; allowed: 0 to 1"):
        drift_of(rows, "--p-value", 5)
    Path("models/candidate/profile.json").unlink()
    bundle.seal(Path("models/candidate"))
    with pytest.raises(DataError, match=r"has no profile\.json"):
        drift_of(rows)


def test_a_json_file_cannot_take_the_place_of_rows(
    rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    drift_of(rows)
    before = Path("new.parquet").read_bytes()
    with pytest.raises(LockstepError, match=r"must end with \.json"):
        status(monkeypatch, "new.parquet", *BUNDLE, "--json", "new.parquet")
    assert Path("new.parquet").read_bytes() == before
