"""What was built once is shared: a clone pulls it and rebuilds nothing, from a folder and from a real S3 server."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.s3_server import BUCKET, KEY, SECRET, s3_server
from tests.workspace import DVC, attempt, build, built_copy, contents, replace, shell, started

REMOTE = (sys.executable, "-m", "commands.remote")
PROMOTE = (sys.executable, "-m", "commands.promote", "--yes")
PREDICT = (sys.executable, "-m", "commands.predict", "data/raw/penguins", "out.csv", "--raw")
KEYS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
# Nothing of whoever runs the tests; one try is enough where the server is on this machine.
ALONE = {
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_MAX_ATTEMPTS": "1",
}


@pytest.fixture(scope="module", autouse=True)
def alone() -> Iterator[None]:
    """No credentials but those that a test gives."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("AWS_"):
                patch.delenv(name)
        for name, value in ALONE.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module", params=["folder", "s3"])
def root(
    request: pytest.FixtureRequest, alone: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """A repository that promoted its first model, built a second and pushed it; on S3 with local credentials."""
    root = built_copy(tmp_path_factory, f"remote-{request.param}")
    with ExitStack() as running:
        if request.param == "s3":
            folder = tmp_path_factory.mktemp("s3")
            endpoint = running.enter_context(s3_server(folder))
            url = (f"s3://{BUCKET}/penguins", "--endpoint-url", endpoint)
            shell(root, *REMOTE, *url, "--yes", "--no-check")
            for name, value in (("access_key_id", KEY), ("secret_access_key", SECRET)):
                shell(root, "dvc", "remote", "modify", "--local", "storage", name, value)
            shell(root, *REMOTE)
        else:
            shell(root, *REMOTE, "../storage", "--yes")
        shell(root, "git", "commit", "-qam", "Set the remote")
        shell(root, *PROMOTE)
        replace(root / "conf/model/linear.yaml", "C: 1.0", "C: 2.0")
        build(root)
        shell(root, "dvc", "push")
        yield root


@pytest.fixture
def clone(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone beside the folder that is the remote; credentials in the environment, as in CI."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    place = root.parent / f"clone-{tmp_path.name}"
    shell(root.parent, "git", "clone", "-q", str(root), str(place))
    return place


def test_a_fresh_clone_pulls_the_same_bytes_and_rebuilds_nothing(root: Path, clone: Path) -> None:
    assert not (clone / "models/candidate").exists()
    shell(clone, "dvc", "pull")
    assert contents(clone) == contents(root)
    assert started(shell(clone, "dvc", "repro")) == []
    assert "in sync" in shell(clone, "dvc", "status", "--cloud")
    assert shell(clone, "git", "status", "--porcelain") == ""


def test_fetch_fills_the_cache_alone(root: Path, clone: Path) -> None:
    shell(clone, "dvc", "fetch")
    assert not (clone / "models/candidate").exists()
    shell(clone, "dvc", "checkout")
    assert contents(clone) == contents(root)


def test_a_clone_that_pulled_nothing_has_nothing_to_rebuild(clone: Path) -> None:
    assert started(shell(clone, "dvc", "repro", "--pull", "--allow-missing")) == []
    assert not (clone / "models/candidate").exists()
    # What changed is built from what is pulled for it, and nothing else.
    replace(clone / "conf/gate/default.yaml", "baseline_margin: 0.01", "baseline_margin: 0.02")
    ran = started(shell(clone, "dvc", "repro", "--pull", "--allow-missing"))
    assert "validate_model" in ran and "split" not in ran and "train" not in ran


def test_an_older_champion_is_shared_by_its_tag(root: Path, clone: Path) -> None:
    done = attempt(clone, *PREDICT, "--champion")  # pushed so far: what the last commit built
    assert done.returncode == 1 and "neither in DVC's cache nor on the remote" in done.stderr
    shell(root, "dvc", "push", "--all-tags")
    assert "predicted 344 rows" in shell(clone, *PREDICT, "--champion")


def test_the_run_cache_restores_what_another_clone_trained(root: Path, clone: Path) -> None:
    shell(root, "dvc", "push", "--run-cache")
    shell(clone, "dvc", "pull", "--run-cache")
    (clone / "dvc.lock").unlink()
    without = ["compose", "log_metadata"]  # as dvc.yaml has them, DVC keeps no runs of these
    assert started(shell(clone, "dvc", "repro")) == without
    assert contents(clone) == contents(root)
    replace(clone / "conf/model/linear.yaml", "C: 2.0", "C: 1.0")
    output = shell(clone, "dvc", "repro")
    assert "Stage 'train' is cached" in output and "Stage 'evaluate' is cached" in output
    assert not {"train", "evaluate"} & set(started(output))
    assert (clone / "metrics/test.json").read_bytes() == shell(
        root, "git", "show", "HEAD~2:metrics/test.json"
    ).encode()


@pytest.mark.parametrize("root", ["s3"], indirect=True)
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"AWS_SECRET_ACCESS_KEY": "another"}, "signature"),
        ({"AWS_ACCESS_KEY_ID": "another"}, "access key ID"),
        ({"url": "s3://no-such-bucket/x"}, "bucket does not exist"),
        ({"endpointurl": "http://127.0.0.1:9"}, "Could not connect"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line_and_nothing_is_lost(
    root: Path, clone: Path, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, str], words: str
) -> None:
    for name, value in wrong.items():
        if name.isupper():
            monkeypatch.setenv(name, value)
        else:
            shell(clone, "dvc", "remote", "modify", "--local", "storage", name, value)
    before = contents(clone)
    for command in (("dvc", "pull"), ("dvc", "push", "--run-cache"), REMOTE):
        done = attempt(clone, *command)
        assert done.returncode != 0 and "Traceback" not in done.stderr, done.stderr
        assert SECRET not in done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == 1 and words in done.stderr, done.stderr
    assert wrong.get("url", f"s3://{BUCKET}/penguins") in done.stderr
    assert contents(clone) == before


@pytest.mark.parametrize("root", ["s3"], indirect=True)
def test_credentials_are_where_they_were_put_and_nowhere_else(root: Path, clone: Path) -> None:
    said = shell(clone, "dvc", "pull", "-v") + shell(clone, "dvc", "repro", "--force")
    said += shell(root, "dvc", "push", "-v") + shell(root, *REMOTE)
    assert KEY not in said and SECRET not in said
    places = [root, clone, Path(DVC["DVC_SITE_CACHE_DIR"])]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    holds = {path for path in files if re.search(f"{KEY}|{SECRET}".encode(), path.read_bytes())}
    tests = {path for path in holds if path.name == "s3_server.py"}  # and its commits
    assert holds - tests == {root / ".dvc/config.local"}
    for place in (root, clone):
        commits = shell(place, "git", "rev-list", "--all").split()
        found = shell(place, "git", "grep", "-lE", f"{KEY}|{SECRET}", *commits).split()
        assert {line.split(":", 1)[1] for line in found} == {"tests/s3_server.py"}
