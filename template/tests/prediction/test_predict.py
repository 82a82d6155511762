"""New rows are predicted to the bits of evaluate, from any format, or refused in one line."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from omegaconf import OmegaConf

from lockstep.composition.compose import compose
from lockstep.core.config import load_config, result_parameters
from lockstep.core.errors import DataError, LockstepError
from lockstep.core.files import write_json
from lockstep.models.kinds import KINDS
from lockstep.prediction.predict import make_parser, predict
from lockstep.training import bundle
from stages import evaluate, featurize, ingest, preprocess, split, train, validate_data
from tests.closure import ROOT

DAYS = {"2013-01": (30, 31), "2013-02": (1, 2), "2013-03": (1, 1)}
FLIGHTS = ["dataset.checks.not_before=null", "split.train_until='2013-01'",
           "split.valid_until='2013-02'", "dataset.raw=data/raw/rows"]  # fmt: skip
DATA = {
    "binary": ["dataset=flights", *FLIGHTS],
    "multiclass": ["dataset=penguins", "split=stratified", "dataset.raw=data/raw/rows"],
    "regression": ["dataset=flights_air_time", *FLIGHTS],
}
if not (ROOT / "data/raw/flights").is_dir():  # a project that does not have them
    DATA = {"multiclass": DATA["multiclass"]}
SMALL = {
    "catboost": ["model.params.iterations=10"],
    "hist_gradient_boosting": ["model.params.max_iter=10"],
    "random_forest": ["model.params.n_estimators=10"],
}


def raw(folder: Path, task: str) -> None:
    """The penguins, or five days of flights around two month ends."""
    if task == "multiclass":
        shutil.copytree(ROOT / "data/raw/penguins", folder)
        return
    folder.mkdir(parents=True)
    source = ROOT / "data/raw/flights"
    for month, (first, last) in DAYS.items():
        days = [("day", ">=", first), ("day", "<=", last)]
        rows = pd.read_parquet(source / f"flights-{month}.parquet", filters=days)
        rows.to_parquet(folder / f"flights-{month}.parquet", index=False)
        shutil.copy(source / f"weather-{month}.parquet", folder)
    shutil.copy(source / "planes.parquet", folder)


def configure(overrides: list[str]) -> None:
    """Compose params.yaml in this folder from the repository's conf/."""
    Path("params.yaml").write_text(
        OmegaConf.to_yaml(compose(overrides, root=ROOT)), encoding="utf-8"
    )


def complete() -> None:
    """Add to the candidate what registration adds, whatever the verdict would be."""
    write_json(Path("models/candidate") / bundle.CONFIG, result_parameters(load_config()))
    bundle.seal(Path("models/candidate"))


def run(*arguments: object) -> pd.DataFrame:
    """Predict in this process and return what is in OUTPUT."""
    predict(make_parser().parse_args([str(argument) for argument in arguments]))
    return read(Path(str(arguments[1])))


def read(path: Path) -> pd.DataFrame:
    """A file of any of the formats, numbers to the last bit."""
    if path.name.removesuffix(".rejected").endswith(".parquet"):
        return pd.read_parquet(path)
    if ".csv" in path.name:
        return pd.read_csv(path)
    content = gzip.decompress(path.read_bytes()) if ".gz" in path.name else path.read_bytes()
    return pd.DataFrame([json.loads(line) for line in content.splitlines()])


def json_lines(frame: pd.DataFrame, path: Path) -> None:
    """Write a frame as JSON Lines, numbers to the last bit."""
    records = frame.astype(object).where(frame.notna(), None).to_dict("records")
    lines = [json.dumps(row, default=str) + "\n" for row in records]
    path.write_text("\n" + "".join(lines), encoding="utf-8")  # a line of nothing is no row


@pytest.fixture(scope="module", params=list(DATA))
def prepared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """A task, and a folder where the stages up to split have run."""
    task: str = request.param
    folder = tmp_path_factory.mktemp(task)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        raw(folder / "data/raw/rows", task)
        configure(DATA[task])
        for stage in (ingest, validate_data, preprocess, featurize, split):
            stage.main()
    return task, folder


@pytest.mark.parametrize("kind", KINDS)
def test_raw_test_rows_are_predicted_as_evaluate_did(
    prepared: tuple[str, Path], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, folder = prepared
    monkeypatch.chdir(folder)
    configure([*DATA[task], f"model={kind}", *SMALL.get(kind, [])])
    train.main()
    evaluate.main()
    complete()
    expected = pd.read_parquet("data/predictions/test.parquet")
    key, *columns = [name for name in expected if name != "y"]
    expected = expected.set_index(key)

    def check_same(predicted: pd.DataFrame) -> None:
        predicted = predicted.set_index(key).loc[expected.index]
        for name in columns:
            assert predicted[name].to_numpy(float).tobytes() == expected[name].to_numpy().tobytes()

    options = ("--bundle", "models/candidate", "--trust", "--force")
    whole = run("data/raw/rows", "raw.parquet", "--raw", *options)
    check_same(whole)
    signature = json.loads(Path("models/candidate/signature.json").read_text(encoding="utf-8"))
    if task == "binary":
        late = whole["score"] >= signature["threshold"]
        assert whole["predicted"].tolist() == late.map({False: "0", True: "1"}).tolist()
    elif task == "multiclass":
        likeliest = whole.filter(like="p_").idxmax(axis=1).str.removeprefix("p_")
        assert whole["predicted"].tolist() == likeliest.tolist()
    else:
        assert "predicted" not in whole
    rows = pd.concat(
        [pd.read_parquet(path) for path in sorted(Path("data/ingested").glob("*.parquet"))]
    )
    assert set(whole[key]) == set(rows[key])
    rows = rows.sample(frac=1.0, random_state=3)  # in other company, and without the target
    rows = rows.drop(
        columns=bundle.read_dataset(Path(options[1]), bundle.verify(Path(options[1]))).target
    )
    check_same(run("data/ingested", "folder.jsonl.gz", *options))
    rows.to_csv("new.csv", index=False)
    check_same(run("new.csv", "out.csv", *options))
    json_lines(rows, Path("new.jsonl"))
    check_same(run("new.jsonl", "out.parquet", *options))


@pytest.fixture(scope="module")
def penguins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bundle of the penguins, models/candidate, and their rows, new.parquet."""
    folder = tmp_path_factory.mktemp("penguins")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        raw(folder / "data/raw/rows", "multiclass")
        configure([*DATA["multiclass"], "model=hist_gradient_boosting", "model.params.max_iter=10"])
        for stage in (ingest, validate_data, preprocess, featurize, split, train):
            stage.main()
        complete()
        pd.read_parquet("data/ingested/penguins.parquet").drop(columns="species").to_parquet(
            "new.parquet", index=False
        )
    return folder


@pytest.fixture
def rows(penguins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """The rows of new.parquet; this folder is empty but for a link to the bundle."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bundle").symlink_to(penguins / "models/candidate")
    return pd.read_parquet(penguins / "new.parquet")


BUNDLE = ("--bundle", "bundle", "--trust")  # no checkout is here that could know its recipe


def answers(frame: pd.DataFrame, name: str = "out.parquet") -> pd.DataFrame:
    """What is predicted for rows given as Parquet, by key."""
    frame.to_parquet("given.parquet", index=False)
    return run("given.parquet", name, *BUNDLE, "--force").set_index("row_id")


def test_columns_in_another_order_and_more_of_them_change_nothing(rows: pd.DataFrame) -> None:
    other = rows[rows.columns[::-1]].assign(note="x", species=7)
    assert answers(rows).equals(answers(other))


def test_a_column_that_may_be_missing_may_be_absent(rows: pd.DataFrame) -> None:
    absent = ["sex", "bill_length_mm"]
    gone = rows.assign(**dict.fromkeys(absent))
    assert answers(rows.drop(columns=absent)).equals(answers(gone))
    assert not answers(rows).equals(answers(gone))


def test_a_category_that_training_never_saw_is_predicted(
    rows: pd.DataFrame, tmp_path: Path
) -> None:
    loose = Path(shutil.copytree("bundle", tmp_path / "loose"))
    config = json.loads((loose / "config.json").read_text(encoding="utf-8"))
    config["dataset"]["checks"]["columns"]["island"]["allowed"] = None
    (loose / "config.json").write_text(json.dumps(config), encoding="utf-8")
    bundle.seal(loose)
    rows.assign(island="Atlantis").to_parquet("given.parquet")
    predicted = run("given.parquet", "out.parquet", "--bundle", "loose", "--trust")
    assert len(predicted) == len(rows)
    assert np.isfinite(predicted.filter(like="p_").to_numpy()).all()


def test_rows_that_break_the_schema_are_rejected_with_every_reason(rows: pd.DataFrame) -> None:
    whole = answers(rows)
    spoilt = rows.astype({"year": float})
    spoilt.loc[3, "island"] = "Atlantis"
    spoilt.loc[3, "bill_depth_mm"] = 99.0
    spoilt.loc[5, "year"] = np.nan
    spoilt.loc[7, "flipper_length_mm"] = np.inf
    predicted = answers(spoilt)
    rejected = pd.read_parquet("out.parquet.rejected").set_index("row_id")
    assert predicted.equals(whole.drop(index=[3, 5, 7]))
    assert rejected["broken_checks"].to_dict() == {
        3: "bill_depth_mm: at most 40; island: one of Biscoe, Dream, Torgersen",
        5: "year: not missing",
        7: "flipper_length_mm: at most 300; flipper_length_mm: finite",
    }
    assert rejected.loc[3, "island"] == "Atlantis" and list(rejected) == [
        *rows.columns[1:],
        "broken_checks",
    ]
    answers(rows)
    assert not Path("out.parquet.rejected").exists(), "no row was rejected the second time"


def severity(name: str) -> str:
    """A copy of the bundle whose key may be repeated with another severity; its folder."""
    shutil.copytree("bundle", "other")
    config = json.loads(Path("other/config.json").read_text(encoding="utf-8"))
    config["dataset"]["checks"]["unique_key"] = name
    Path("other/config.json").write_text(json.dumps(config), encoding="utf-8")
    bundle.seal(Path("other"))
    return "other"


def twice(rows: pd.DataFrame) -> None:
    """A folder of two files, of which the second repeats a row of the first and one of its own."""
    Path("in").mkdir()
    rows.iloc[:9].to_parquet("in/1.parquet")
    pd.concat([rows.iloc[9:12], rows.iloc[[11, 4]]]).to_csv("in/2.csv", index=False)


def test_a_key_that_is_repeated_across_files_fails_by_name(rows: pd.DataFrame) -> None:
    twice(rows)
    with pytest.raises(DataError, match=r"'unique key' failed in 2 rows: row_id 11; row_id 4"):
        run("in", "out.parquet", *BUNDLE)
    assert sorted(path.name for path in Path(".").iterdir()) == ["bundle", "in"]


def test_a_repeated_key_is_rejected_where_the_schema_says_quarantine(rows: pd.DataFrame) -> None:
    twice(rows)
    predicted = run("in", "out.csv", "--trust", "--bundle", severity("quarantine"))
    assert predicted["row_id"].tolist() == list(range(12))
    rejected = read(Path("out.csv.rejected"))
    assert rejected["row_id"].tolist() == [11, 4]
    assert set(rejected["broken_checks"]) == {"row_id: unique key"}


def test_a_repeated_key_is_predicted_where_the_schema_says_warn(rows: pd.DataFrame) -> None:
    twice(rows)
    assert len(run("in", "out.csv", "--trust", "--bundle", severity("warn"))) == 14


def test_small_partitions_give_what_one_gives(
    rows: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows.to_csv("given.csv", index=False)
    json_lines(rows, Path("given.jsonl"))
    whole = answers(rows)
    monkeypatch.setattr("lockstep.prediction.row_files.ROWS", 7)
    for name in ("given.parquet", "given.csv", "given.jsonl"):
        predicted = run(name, "out.csv", *BUNDLE, "--force").set_index("row_id")
        assert predicted.equals(whole.astype({"predicted": predicted["predicted"].dtype})), name


FORMS = ["given.csv", "given.jsonl", "given.csv.gz", "given.jsonl.gz"]


@pytest.mark.parametrize("name", FORMS)
def test_every_format_keeps_missing_values_texts_and_bits(rows: pd.DataFrame, name: str) -> None:
    rng = np.random.default_rng(1)
    for column in ("bill_length_mm", "body_mass_g"):  # digits that a sloppy reader loses
        rows[column] *= 1 + rng.random(len(rows)) * 1e-9
    plain = Path(name.removesuffix(".gz"))
    (json_lines(rows, plain) if ".jsonl" in name else rows.to_csv(plain, index=False))
    if name != plain.name:
        Path(name).write_bytes(gzip.compress(plain.read_bytes()))
    expected = answers(rows).reset_index()
    predicted = run(name, f"out{''.join(plain.suffixes)}", *BUNDLE)
    assert predicted.equals(expected.astype({"predicted": predicted["predicted"].dtype}))


def test_what_is_written_is_the_same_bytes_the_second_time(rows: pd.DataFrame) -> None:
    rows.to_parquet("given.parquet")
    for name in ("out.parquet", "out.csv", "out.jsonl", "out.csv.gz"):
        run("given.parquet", name, *BUNDLE)
        first = Path(name).read_bytes()
        run("given.parquet", name, *BUNDLE, "--force")
        assert Path(name).read_bytes() == first
    assert Path("out.csv.gz").read_bytes()[4:8] == bytes(4), "it holds the time"


def test_files_without_rows_give_a_file_without_rows(rows: pd.DataFrame) -> None:
    rows.head(0).to_csv("given.csv", index=False)
    predicted = run("given.csv", "out.csv", *BUNDLE)
    assert len(predicted) == 0 and "predicted" in predicted
    assert len(answers(rows.head(0))) == 0


def broken(rows: pd.DataFrame) -> dict[str, Any]:
    """Inputs that cannot be read, by file name: what to write there."""
    text = rows.to_csv(index=False)
    lines = text.splitlines()
    return {
        "latin.csv": text.replace("Biscoe", "Bïscoe").encode("latin-1"),
        "wide.csv": text.encode("utf-16"),
        "ragged.csv": "\n".join([*lines[:4], lines[4] + ",9"]).encode(),
        "short.csv": "\n".join([*lines[:4], "5,Biscoe"]).encode(),
        "twice.csv": text.replace("year", "island", 1).encode(),
        "word.csv": text.replace(",3750.0,", ",heavy,", 1).encode(),
        "part.csv": text.replace(",2007", ",2007.5", 1).encode(),
        "required.csv": rows.drop(columns="island").to_csv(index=False).encode(),
        "nothing.csv": b"",
        "cut.csv.gz": gzip.compress(text.encode())[:-12],
        "plain.csv.gz": text.encode(),
        "cut.parquet": b"PAR1 and no more",
        "list.jsonl": b"[1, 2]\n",
        "cut.jsonl": b'{"row_id": 1,\n',
        "required.jsonl": b'{"row_id": 1, "island": "Dream"}\n',
        "nested.jsonl": b'{"row_id": 1, "island": "Dream", "year": 2007, "sex": ["male"]}\n',
        "word.jsonl": b'{"row_id": 1, "island": "Dream", "year": "MMVII"}\n',
        "rows.txt": text.encode(),
    }


WRONG = {
    "latin.csv": "not UTF-8 text; save it as UTF-8",
    "wide.csv": "not UTF-8 text",
    "ragged.csv": "Expected 8 columns, got 9",
    "short.csv": "Expected 8 columns, got 2",
    "twice.csv": "column island stands there 2 times",
    "word.csv": "column body_mass_g is not float, .*: holds 'heavy' in row 0",
    "part.csv": "column year is not int, .*: holds '2007.5' in row 0",
    "required.csv": "column island is missing; there are row_id, bill_length_mm",
    "nothing.csv": "is empty",
    "cut.csv.gz": "cannot be read: .*[Tt]runcated",
    "plain.csv.gz": "cannot be read",
    "cut.parquet": "cannot be read",
    "list.jsonl": "line 1: expected an object",
    "cut.jsonl": "line 1: not JSON",
    "required.jsonl": "column year is missing",
    "nested.jsonl": "column sex is not str, .*: holds lists or objects",
    "word.jsonl": "column year is not int, .*: holds 'MMVII' in row 0",
    "rows.txt": "its name must end with .parquet, .csv",
    "absent.csv": "is not there",
}


@pytest.mark.parametrize("name", list(WRONG))
def test_what_cannot_be_read_is_one_line_that_names_it(rows: pd.DataFrame, name: str) -> None:
    content = broken(rows).get(name)
    if content is not None:
        Path(name).write_bytes(content)
    with pytest.raises(LockstepError, match=f"^{name}[,: ].*{WRONG[name]}") as raised:
        run(name, "out.parquet", *BUNDLE)
    assert "\n" not in str(raised.value)
    assert not list(Path(".").glob("out.parquet*"))


def test_an_output_is_overwritten_only_with_force(rows: pd.DataFrame) -> None:
    rows.to_parquet("given.parquet")
    for name in ("out.csv", "out.csv.rejected"):
        Path(name).write_text("precious", encoding="utf-8")
        with pytest.raises(LockstepError, match=f"{name} is there already; .* --force"):
            run("given.parquet", "out.csv", *BUNDLE)
        assert Path(name).read_text(encoding="utf-8") == "precious"
        Path(name).unlink()
    with pytest.raises(LockstepError, match=r"given\.parquet is one of INPUT's files"):
        run("*.parquet", "given.parquet", *BUNDLE, "--force")
    with pytest.raises(LockstepError, match="OUTPUT must end with"):
        run("given.parquet", "out.xlsx", *BUNDLE)


def test_a_run_that_fails_loses_nothing(rows: pd.DataFrame) -> None:
    answers(rows)
    before = Path("out.parquet").read_bytes()
    pd.concat([rows, rows]).to_parquet("given.parquet")
    with pytest.raises(DataError, match="unique key"):
        run("given.parquet", "out.parquet", *BUNDLE, "--force")
    rows.assign(island="Atlantis").to_parquet("given.parquet")
    with pytest.raises(DataError, match=r"no row is valid.*out\.parquet\.rejected says why"):
        run("given.parquet", "out.parquet", *BUNDLE, "--force")
    assert Path("out.parquet").read_bytes() == before
    assert len(pd.read_parquet("out.parquet.rejected")) == len(rows)
    assert not list(Path(".").glob("*.part"))


def test_a_dry_run_checks_and_writes_nothing(
    rows: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    rows.assign(year=rows["year"].where(rows.index != 2, 1999)).to_parquet("given.parquet")
    predict(make_parser().parse_args(["given.parquet", "out/new.csv", *BUNDLE, "--dry-run"]))
    assert capsys.readouterr().out.splitlines() == [
        "predicted 343 rows, rejected 1, wrote nothing",
        "  year: at least 2007 (quarantine): 1 rows",
    ]
    assert not Path("out").exists()


def test_a_bundle_from_elsewhere_runs_only_when_trusted(
    rows: pd.DataFrame,
) -> None:
    foreign("open('ran', 'w')\n")
    rows.to_parquet("given.parquet")
    with pytest.raises(LockstepError, match=r"foreign was made elsewhere.*give --trust"):
        run("given.parquet", "out.csv", "--bundle", "foreign")
    assert not Path("ran").exists()
    assert len(run("given.parquet", "out.csv", "--bundle", "foreign", "--trust")) == 344
    assert Path("ran").exists()


def foreign(head: str) -> None:
    """A copy of the bundle, foreign, whose recipe starts with other lines."""
    shutil.copytree("bundle", "foreign")
    source = head + Path("bundle/recipe.py").read_text(encoding="utf-8")
    Path("foreign/recipe.py").write_text(source, encoding="utf-8")
    bundle.seal(Path("foreign"))


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in this folder, which holds no project, with the project's code."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    line = [sys.executable, "-m", "lockstep", "predict", *arguments]
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False)


def test_it_runs_in_a_folder_without_a_project(rows: pd.DataFrame) -> None:
    expected = answers(rows)
    done = command("given.parquet", "elsewhere/out.parquet", *BUNDLE)
    assert (done.returncode, done.stderr) == (0, "")
    assert pd.read_parquet("elsewhere/out.parquet").set_index("row_id").equals(expected)


def test_killed_between_two_partitions_it_leaves_no_output(rows: pd.DataFrame) -> None:
    """The second file's rows kill the process that cleans them."""
    foreign(
        "import os, signal\n"
        "def killed(frame):\n"
        "    if frame['row_id'].max() > 200 and os.path.exists('armed'):\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    recipe = Path("foreign/recipe.py")
    text = recipe.read_text(encoding="utf-8")
    recipe.write_text(text.replace("    return frame", "    killed(frame)\n    return frame"))
    bundle.seal(Path("foreign"))
    Path("in").mkdir()
    rows.iloc[:150].to_csv("in/1.csv", index=False)
    rows.iloc[150:].to_csv("in/2.csv", index=False)
    line = ("in", "out.csv", "--bundle", "foreign", "--trust", "--force")
    Path("out.csv").write_text("before", encoding="utf-8")
    Path("armed").touch()
    assert command(*line).returncode == -signal.SIGKILL
    assert Path("out.csv.part").exists(), "it was killed before it wrote anything"
    assert Path("out.csv").read_text(encoding="utf-8") == "before"
    Path("armed").unlink()
    assert command(*line).returncode == 0
    assert len(read(Path("out.csv"))) == len(rows)
    assert not list(Path(".").glob("*.part"))


def test_an_error_is_one_line_and_an_exit_status(rows: pd.DataFrame) -> None:
    done = command("nowhere.csv", "out.csv", *BUNDLE)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "predict: nowhere.csv is not there\n"
