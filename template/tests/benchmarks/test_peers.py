"""The benchmark against the peers: the same work for each, honest figures, and one line for what fails."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

from lockstep.composition.compose import compose
from lockstep.core.config import parse_config
from lockstep.core.errors import ConfigError, DataError
from lockstep.data.recipe import apply
from lockstep.data.roles import keep_roles
from recipes import flights
from template.benchmarks.peers import functions, workspace
from template.benchmarks.peers.__main__ import chosen, in_turn
from template.benchmarks.peers.clock import Cost, measured
from template.benchmarks.peers.peer import PEERS, SCENARIOS
from template.benchmarks.peers.picture import picture
from template.benchmarks.peers.results import Run, left_out, medians, page, record, slower, table
from template.benchmarks.peers.turn import Place, must_agree
from tests.closure import ROOT

CONFIG = parse_config(compose(["dataset=flights", "split=temporal", "model=catboost"]))
THEIRS = [name for name in PEERS if not workspace.is_ours(name)]
FOLDER = ROOT / "template/benchmarks/peers"
RUNS = [
    Run("lockstep_evaluate", "cold", 0, Cost(30, 40)),
    Run("lockstep_evaluate", "cold", 1, Cost(20, 50)),
    Run("lockstep_evaluate", "cold", 2, Cost(26, 45)),
    Run("dvc", "cold", 0, Cost(20, 25)),
    Run("lockstep_evaluate", "same", 0, Cost(1, 1)),
    Run("dvc", "same", 0, Cost(1, 1)),
    Run("plain", "cold", 0, Cost(26, 30)),
]


def test_the_features_are_those_of_the_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    dataset = CONFIG.dataset
    files = functions.parts(functions.RAW)["2013-02"]
    columns = {"numeric": dataset.numeric, "categorical": dataset.categorical}
    found = functions.featurize(functions.prepare(files), columns)
    rows = flights.part(files)
    cleaned = apply("flights", "clean", rows[~(rows["wind_speed"] > 150)], Path("february"))
    whole = keep_roles(apply("flights", "featurize", cleaned, Path("february")), dataset)
    pd.testing.assert_frame_equal(found, whole[list(found)])
    assert len(found) < len(rows)  # February has the winds that are mistakes


def test_the_limit_of_the_wind_is_that_of_the_data_set() -> None:
    assert CONFIG.dataset.checks.columns["wind_speed"].max == functions.FASTEST


def test_the_sides_are_those_of_the_temporal_split() -> None:
    split = {"train_until": "2013-08", "valid_until": "2013-09"}
    months = ["2013-01", "2013-08", "2013-09", "2013-10"]
    assert [functions.side(one, split) for one in months] == ["train", "train", "valid", "test"]
    frames = {one: pd.DataFrame({"month": [one]}) for one in reversed(months)}
    assert functions.together(frames, split, "train")["month"].tolist() == months[:2]


def test_every_peer_computes_with_the_locked_libraries() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8").replace(" ; ", "; ")
    pins = (FOLDER / "common.txt").read_text("utf-8").splitlines()
    lacking = [
        pin for pin in pins if not pin.startswith("#") and f"\n{pin} \\\n" not in f"\n{lock}"
    ]
    assert lacking == []


@pytest.mark.parametrize("name", THEIRS)
def test_a_peers_packages_are_pinned_and_dated(name: str) -> None:
    first, *own = (FOLDER / name / "requirements.txt").read_text("utf-8").splitlines()
    assert first == "-r ../common.txt"
    dated = r"[a-z-]+==[0-9.]+  # 20\d\d-\d\d-\d\d, the newest on 20\d\d-\d\d-\d\d"
    assert [line for line in own if not re.fullmatch(dated, line)] == []


@pytest.mark.parametrize("name", THEIRS)
def test_a_peers_folder_has_all_that_its_files_name(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    workspace.theirs(name, folder, workspace.settings(CONFIG))
    for path in folder.rglob("*.py"):
        ast.parse(path.read_text("utf-8"))
    for path in [*folder.rglob("*.yaml"), *folder.rglob("*.yml")]:
        assert YAML(typ="safe").load(path), path
    text = "".join(path.read_text("utf-8") for path in folder.glob("[Sd]*") if path.is_file())
    named = re.findall(r"(?:scripts|src)/\w+\.py", text)
    assert [one for one in named if not (folder / one).exists()] == []
    settings = YAML(typ="safe").load(folder / PEERS[name].params)
    assert settings["model"]["learning_rate"] == CONFIG.model.params["learning_rate"] != 0.1
    workspace.change(PEERS[name], folder)
    settings = YAML(typ="safe").load(folder / PEERS[name].params)
    assert settings["model"]["learning_rate"] == 0.1


def test_the_last_month_is_held_back_and_brought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    workspace.theirs("plain", tmp_path / "plain", workspace.settings(CONFIG))
    raw = tmp_path / "plain" / functions.RAW
    workspace.hold(tmp_path / "plain")
    assert list(functions.parts(raw))[-1] == "2013-11"
    workspace.bring(tmp_path / "plain")
    assert list(functions.parts(raw))[-1] == "2013-12"


def test_the_table_has_medians_and_tells_what_failed() -> None:
    costs = medians(RUNS)
    assert costs["lockstep_evaluate", "cold"] == Cost(26, 45)
    lines = table(RUNS).splitlines()
    assert lines[0] == "| | cold run | nothing changed |"
    assert lines[2] == "| Lockstep, up to evaluate | 26.0 (45.0) | 1.0 (1.0) |"
    assert lines[4] == "| one Python process | 26.0 (30.0) | failed |"
    assert len({line.count("|") for line in lines}) == 1
    assert "| plain DVC | 3.67.1 | " in left_out(RUNS, dict.fromkeys(PEERS, "3.67.1"))


def test_what_is_slower_than_a_peer_is_told_and_nothing_else() -> None:
    assert slower(RUNS) == ["- **cold run**: up to evaluate 1.3 times plain DVC"]


def test_the_page_says_first_what_is_slower() -> None:
    text = page(RUNS, dict.fromkeys(PEERS, "1.0"), "2 cores")
    assert text.startswith("Lockstep is slower than a peer:\n\n- **cold run**")
    assert text.index("2 cores") < text.index("| | cold run |") < text.index("leaves out")


def test_the_record_holds_every_run_and_the_picture_every_peer() -> None:
    found = record(RUNS, {"commit": "abc"})
    assert found["commit"] == "abc"
    assert len(found["runs"]) == len(RUNS)
    drawn = picture(RUNS)
    assert all(f">{one}<" in drawn for one in ("plain DVC", "cold run", "nothing changed"))


def test_peers_that_reach_different_losses_stop_the_benchmark() -> None:
    must_agree("cold", {"dvc": [0.4636982], "plain": [0.4636982 + 1e-12]})
    with pytest.raises(DataError, match=r"cold: .*dvc 0\.463698200000, plain 0\.463708200000"):
        must_agree("cold", {"dvc": [0.4636982], "plain": [0.4637082]})


@pytest.mark.skipif(sys.platform != "linux", reason="only there orphans are waited for")
def test_a_worker_that_outlives_its_command_is_counted(tmp_path: Path) -> None:
    work = "import time\nwhile time.process_time() < 0.5: pass"
    command = ("sh", "-c", f"{sys.executable} -I -c '{work}' & echo begun")
    cost = measured(command, tmp_path, dict(os.environ), tmp_path / "log")
    assert (tmp_path / "log").read_text("utf-8") == "begun\n"
    assert cost.cpu >= 0.5


def test_a_peer_that_fails_is_one_line_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    here = []
    for name, body in (
        ("plain", "echo no memory left; exit 3"),
        ("metaflow", "cp -r ../m metrics"),
    ):
        programs = tmp_path / f"{name}-bin"
        programs.mkdir()
        (programs / "python").write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (programs / "python").chmod(0o755)
        here.append(Place(name, programs, tmp_path / f"{name}.log"))
    (tmp_path / "m").mkdir()
    (tmp_path / "m/test.json").write_text('{"log_loss": 0.5}', encoding="utf-8")
    failed: dict[str, str] = {}
    runs = in_turn(here, "cold", tmp_path, failed, 0)
    assert [run.peer for run in runs] == ["metaflow"]
    line = f"plain, cold: exit status 3: no memory left ({tmp_path / 'plain.log'} has all of it)"
    assert failed == {"plain": line}
    assert line in capsys.readouterr().err.splitlines()
    assert in_turn(here[:1], "same", tmp_path, failed, 0) == []


def test_an_unknown_peer_is_refused_in_one_line() -> None:
    assert chosen("sweep,cold", SCENARIOS, "--scenarios") == ["cold", "sweep"]
    with pytest.raises(ConfigError, match=r"--peers is 'airflow'; allowed: lockstep, .*plain"):
        chosen("plain,airflow", PEERS, "--peers")


@pytest.mark.slow
def test_one_process_reaches_the_loss_that_is_committed(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "template.benchmarks.peers",
        "--peers",
        "plain",
        "--repeats",
        "1",
    ]
    command += ["--scenarios", "cold,parameter,sweep", "--output", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    committed = YAML(typ="safe").load(ROOT / "metrics/test.json")["metrics"]["log_loss"]
    assert "1, cold, plain: " in done.stderr
    assert f"log loss {committed:.6f}\n" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"peers.json", "peers.md", "peers.svg"}
    assert "\n| | cold run | one hyperparameter | 16 trials |\n" in done.stdout
