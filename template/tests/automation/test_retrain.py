"""New data is found, judged and acted on by the policy: real Git and DVC, penguins that come by the month."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from template.tests.support.forges import TOKEN, github
from template.tests.support.monthly import RAW, monthly
from template.tests.support.workspace import attempt, build, environment, replace, shell

RETRAIN = (sys.executable, "-m", "lockstep", "retrain")
START = 4  # months that the first model has


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built on January to April: test is April."""
    root = monthly(tmp_path_factory.mktemp("retrain"), START)
    build(root)
    shell(root, "git", "tag", "built")
    return root


def reset(root: Path) -> None:
    """Back to where the first model was built."""
    shutil.rmtree(root / ".cache/retrain", ignore_errors=True)
    shell(root, "git", "reset", "-q", "--hard", "built")
    shell(root, "git", "clean", "-qfd", RAW)
    for tag in shell(root, "git", "tag", "--list", "model*").split():
        shell(root, "git", "tag", "-d", tag)
    shell(root, "dvc", "checkout", "-q", "--force")


@pytest.fixture(autouse=True)
def unchanged(root: Path) -> None:
    """Every test starts there."""
    reset(root)


def deliver(root: Path, number: int) -> None:
    """Put a later month's file into the raw folder."""
    shutil.copy(root.parent / f"later/2013-{number:02d}.csv", root / RAW)


def retrain(root: Path, *words: str, status: int = 0) -> dict[str, Any]:
    """Run the command; its record."""
    done = attempt(root, *RETRAIN, *words)
    assert done.returncode == status, done.stderr + done.stdout
    record: dict[str, Any] = json.loads((root / "reports/retrain/record.json").read_text("utf-8"))
    return record


def head(root: Path) -> str:
    return shell(root, "git", "rev-parse", "HEAD").strip()


def test_with_nothing_new_no_stage_runs_and_nothing_changes(root: Path) -> None:
    before = head(root)
    assert retrain(root, "policy=promote")["decision"] == "nothing new"
    assert head(root) == before and shell(root, "git", "status", "--porcelain") == ""


def test_a_dry_run_says_what_is_new_and_changes_nothing(root: Path) -> None:
    deliver(root, 5)
    output = shell(root, *RETRAIN, "--dry-run")
    assert f"{RAW}/2013-05.csv: 0 rows before, 150 now" in output
    assert shell(root, "git", "status", "--porcelain") == f"?? {RAW}/2013-05.csv\n"


def test_told_the_results_lie_in_the_work_tree_and_the_next_run_has_nothing_new(root: Path) -> None:
    before = head(root)
    deliver(root, 5)
    record = retrain(root)
    assert (record["decision"], record["verdict"]) == ("told", "pass")
    assert record["split"] | {"train_until": "2013-03", "valid_until": "2013-04"} == record["split"]
    assert record["partitions"]["ingest"] == {"made": 1, "reused": START}
    assert [one["path"] for one in record["news"]] == [f"{RAW}/2013-05.csv"]
    assert head(root) == before
    assert "M metrics/test.json" in shell(root, "git", "status", "--porcelain")
    assert retrain(root)["decision"] == "nothing new"


def test_promoted_month_by_month_the_split_follows_and_the_tree_is_clean(root: Path) -> None:
    for number, version in ((5, "v1.0.0"), (6, "v1.1.0")):
        deliver(root, number)
        record = retrain(root, "policy=promote")
        assert (record["decision"], record["version"]) == ("promoted", version), record
        assert shell(root, "git", "status", "--porcelain") == ""
    assert record["champion"]["version"] == "v1.0.0"
    conf = (root / "conf/split/temporal.yaml").read_text(encoding="utf-8")
    assert "train_until: 2013-04  # last period of train" in conf
    subjects = shell(root, "git", "log", "--format=%s", "built..HEAD").splitlines()
    assert [one.split(":")[0] for one in subjects] == [
        "Promote model v1.1.0",
        "Retrain",
        "Promote model v1.0.0",
        "Retrain",
    ]
    assert retrain(root, "policy=promote")["decision"] == "nothing new"


def test_a_refused_model_is_committed_with_its_data_and_not_promoted(root: Path) -> None:
    replace(root / "conf/gate/default.yaml", "limits: {}", "limits: {log_loss: 0.000001}")
    shell(root, "git", "commit", "-qam", "Strict")
    deliver(root, 5)
    record = retrain(root, "policy=promote", status=3)
    assert (record["decision"], record["verdict"]) == ("refused", "fail")
    assert any("log_loss" in reason for reason in record["reasons"])
    assert shell(root, "git", "tag", "--list", "model*") == ""
    assert f"{RAW}/2013-05.csv" in shell(root, "git", "show", "--name-only", "HEAD")
    assert retrain(root, "policy=promote")["decision"] == "nothing new"


def test_rows_that_validation_refuses_stop_it_with_their_reason_and_all_is_as_before(
    root: Path,
) -> None:
    before = (root / "data/validated/2013-04.parquet").read_bytes()
    deliver(root, 5)
    replace(root / RAW / "2013-05.csv", "Adelie", "Emperor")
    done = attempt(root, *RETRAIN, "policy=promote")
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert (
        last.startswith("retrain: `dvc repro featurize` failed: validate_data: ")
        and "Emperor" in last
    )
    assert shell(root, "git", "status", "--porcelain") == f"?? {RAW}/2013-05.csv\n"
    assert (root / "data/validated/2013-04.parquet").read_bytes() == before
    record = json.loads((root / "reports/retrain/record.json").read_text(encoding="utf-8"))
    assert record["decision"] == "failed" and "Emperor" in record["reason"]


def test_another_run_at_work_is_told_apart_from_a_failure(root: Path) -> None:
    (root / ".cache/retrain").mkdir(parents=True, exist_ok=True)
    with FileLock(root / ".cache/retrain/lock"):
        done = attempt(root, *RETRAIN)
    assert done.returncode == 75 and len(done.stderr.splitlines()) == 1
    assert "another one is at work here" in done.stderr


def test_a_change_of_somebody_else_is_neither_committed_nor_undone(root: Path) -> None:
    deliver(root, 5)
    for name, text in (("recipes/penguins.py", "# mine\n"), ("metrics/test.json", "{}")):
        before = (root / name).read_text(encoding="utf-8")
        (root / name).write_text(before + text, encoding="utf-8")
        done = attempt(root, *RETRAIN, "policy=promote")
        assert done.returncode == 1 and f"{name} differs from the last commit" in done.stderr
        assert (root / name).read_text(encoding="utf-8") == before + text
        (root / name).write_text(before, encoding="utf-8")


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("policy=publish", "retrain.policy is 'publish'; allowed: tell, promote, pull_request"),
        ("polcy=tell", "retrain.polcy: Key 'polcy' not in 'Retrain'"),
        ("test_periods=0", "retrain.test_periods is 0; allowed: 1 or more"),
        ("promote", "override is 'promote'; allowed: KEY=VALUE"),
    ],
)
def test_a_setting_that_is_not_allowed_is_refused_in_one_line(
    root: Path, override: str, words: str
) -> None:
    done = attempt(root, *RETRAIN, override)
    assert done.returncode == 1 and words in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.fixture
def origin(root: Path, tmp_path: Path) -> Iterator[Path]:
    """A bare Git remote that notes the options of each push, as GitLab reads them."""
    origin = tmp_path / "origin.git"
    shell(root, "git", "clone", "-q", "--bare", str(root), str(origin))
    shell(origin, "git", "config", "receive.advertisePushOptions", "true")
    hook = origin / "hooks/post-receive"
    hook.write_text("#!/bin/sh\nenv | grep GIT_PUSH_OPTION_ > options\n", encoding="utf-8")
    hook.chmod(0o755)
    shell(root, "git", "remote", "add", "origin", str(origin))
    yield origin
    shell(root, "git", "remote", "remove", "origin")
    for branch in shell(root, "git", "branch", "--list", "retrain-*").split():
        shell(root, "git", "branch", "-qD", branch)


def test_proposed_to_gitlab_a_branch_is_pushed_and_the_work_tree_is_as_before(
    root: Path, origin: Path
) -> None:
    before = head(root), (root / "data/features/2013-04.parquet").read_bytes()
    deliver(root, 5)
    record = retrain(root, "policy=pull_request", "forge=gitlab")
    assert record["decision"] == "proposed"
    options = (origin / "options").read_text(encoding="utf-8")
    assert "=merge_request.create" in options and "=merge_request.target=main" in options
    assert "=merge_request.title=Retrain: pass, log_loss" in options
    assert (head(root), (root / "data/features/2013-04.parquet").read_bytes()) == before
    assert shell(root, "git", "status", "--porcelain") == ""
    assert not (root / RAW / "2013-05.csv").exists()
    pushed = shell(origin, "git", "show", "--name-only", "--format=", record["branch"]).split()
    assert {f"{RAW}/2013-05.csv", "dvc.lock", "conf/split/temporal.yaml"} <= set(pushed)
    deliver(root, 5)  # the source brings it again
    assert retrain(root, "policy=pull_request", "forge=gitlab")["decision"] == "nothing new"


def test_proposed_to_github_the_review_is_the_request(
    root: Path, origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "socket").mkdir()
    with github(tmp_path / "socket") as (forge, variables):
        for name, value in {**variables, "GH_TOKEN": TOKEN, "GH_REPO": "someone/study"}.items():
            monkeypatch.setenv(name, value)
        deliver(root, 5)
        record = retrain(root, "policy=pull_request")
    assert record["url"] == "https://github.com/someone/study/pull/8"
    [opened] = forge.opened
    assert (opened["headRefName"], opened["baseRefName"]) == (record["branch"], "main")
    assert opened["title"].startswith("Retrain: pass, log_loss")
    assert opened["body"] == (root / "reports/retrain/report.md").read_text(encoding="utf-8")


# SIGKILL before the n-th program that the command starts.
KILLER = """
import os, signal, subprocess, sys

if "retrain" in sys.orig_argv:
    real, left = subprocess.Popen.__init__, [int(os.environ["KILL_BEFORE"])]

    def begin(self, args, **kwargs):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        print("program", args, file=open(os.environ["SEEN"], "a"))
        return real(self, args, **kwargs)

    subprocess.Popen.__init__ = begin
"""


def killed_before(root: Path, folder: Path, number: int) -> int:
    """Run the command until it starts its n-th program; its exit status."""
    (folder / "sitecustomize.py").write_text(KILLER, encoding="utf-8")
    more = {"PYTHONPATH": str(folder), "KILL_BEFORE": str(number), "SEEN": str(folder / "seen")}
    words = [*RETRAIN, "policy=promote"]
    return subprocess.run(
        words, cwd=root, env={**environment(), **more}, capture_output=True, check=False
    ).returncode


def test_killed_before_any_later_program_the_next_run_ends_in_the_same_tree(
    root: Path, tmp_path: Path
) -> None:
    deliver(root, 5)
    assert killed_before(root, tmp_path, 1000) == 0
    programs = (tmp_path / "seen").read_text(encoding="utf-8").splitlines()
    tree = shell(root, "git", "rev-parse", "HEAD~1^{tree}")
    last = max(number for number, one in enumerate(programs) if "repro" in one)
    points = range(last + 1, len(programs), 14)
    assert len(points) > 1
    for number in points:
        reset(root)
        deliver(root, 5)
        assert killed_before(root, tmp_path, number) == -9
        record = retrain(root, "policy=promote")
        assert (record["decision"], record["version"]) == ("promoted", "v1.0.0")
        assert shell(root, "git", "rev-parse", "HEAD~1^{tree}") == tree
        assert shell(root, "git", "tag", "--list", "model@*").split() == ["model@v1.0.0"]
        assert shell(root, "git", "status", "--porcelain") == ""
