"""A clone pulls what was built elsewhere and rebuilds nothing, from a folder and from a real S3 server."""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from template.tests.support.servers import BUCKET, KEY, SECRET, s3_server, web_server
from template.tests.support.workspace import (
    DVC,
    attempt,
    build,
    built_copy,
    contents,
    replace,
    shell,
    started,
)

REMOTE, PUSH, PROMOTE, PREDICT = (
    (sys.executable, "-m", "lockstep", name) for name in ("remote", "push", "promote", "predict")
)
URL = f"s3://{BUCKET}/penguins"
KEYS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
# One try is enough where the server is on this machine.
ALONE = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"}
FOLDER = pytest.mark.parametrize("shared", ["folder"], indirect=True)
S3 = pytest.mark.parametrize("shared", ["s3"], indirect=True)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A repository that promoted its first model and built a second; no credentials in the environment."""
    empty = tmp_path_factory.mktemp("aws") / "empty"
    empty.touch()
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            patch.setenv(name, str(empty))
        for name, value in ALONE.items():
            patch.setenv(name, value)
        root = built_copy(tmp_path_factory, "remotes")
        # Searched for credentials below, so no other tests may write there meanwhile.
        patch.setitem(DVC, "DVC_SITE_CACHE_DIR", str(tmp_path_factory.mktemp("site")))
        shell(root, *PROMOTE, "--yes")
        replace(root / "conf/model/linear.yaml", "C: 1.0", "C: 2.0")
        build(root)
        yield root


@pytest.fixture(scope="module", params=["folder", "s3"])
def shared(
    request: pytest.FixtureRequest, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """That repository with its remote set and the last build pushed; S3's keys are in .dvc/config.local."""
    with ExitStack() as running:
        if request.param == "s3":
            endpoint = running.enter_context(s3_server(tmp_path_factory.mktemp("s3")))
            url = (URL, "--endpoint-url", endpoint, "--force", "--yes")
            shell(root, *REMOTE, *url, "--no-check")
            for name, value in (("access_key_id", KEY), ("secret_access_key", SECRET)):
                shell(root, "dvc", "remote", "modify", "--local", "storage", name, value)
            shell(root, *REMOTE)
        else:
            shell(root, *REMOTE, "../storage", "--force", "--yes")
        shell(root, "git", "commit", "-qam", "Set the remote")
        shell(root, "dvc", "push")
        yield root
        (root / ".dvc/config.local").unlink(missing_ok=True)


@pytest.fixture
def clone(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh clone beside the folder that is the remote; credentials in the environment, as in CI."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    place = shared.parent / f"clone-{tmp_path.name}"
    shell(shared.parent, "git", "clone", "-q", str(shared), str(place))
    return place


def test_a_fresh_clone_pulls_the_same_bytes_and_rebuilds_nothing(shared: Path, clone: Path) -> None:
    shell(clone, "dvc", "fetch")
    assert not (clone / "models/candidate").exists(), "fetch fills the cache alone"
    shell(clone, "dvc", "pull")
    assert contents(clone) == contents(shared)
    assert started(shell(clone, "dvc", "repro")) == []
    assert "in sync" in shell(clone, "dvc", "status", "--cloud")
    assert shell(clone, "git", "status", "--porcelain") == ""


@FOLDER
def test_the_same_folder_behind_a_web_server_is_pulled_from(shared: Path, clone: Path) -> None:
    with web_server(shared.parent / "storage") as url:
        shell(clone, *REMOTE, url, "--force", "--yes")
        shell(clone, "dvc", "pull")
    assert contents(clone) == contents(shared)


@S3
def test_a_clone_that_pulled_nothing_has_nothing_to_rebuild(clone: Path) -> None:
    assert started(shell(clone, "dvc", "repro", "--pull", "--allow-missing")) == []
    assert not (clone / "models/candidate").exists()


@FOLDER
def test_push_shares_a_champion_that_is_older_than_the_remote(shared: Path, clone: Path) -> None:
    predict = (*PREDICT, "data/raw/penguins", "out.csv", "--raw", "--champion")
    done = attempt(clone, *predict)  # pushed so far: what the last commit built
    assert done.returncode == 1 and "neither in DVC's cache nor on the remote" in done.stderr
    done = attempt(clone, *PUSH)
    assert done.returncode == 1 and "the bundle of v1.0.0 is neither" in done.stderr
    assert "on the remote: v1.0.0" in shell(shared, *PUSH)
    assert "predicted 344 rows" in shell(clone, *predict)


@S3
def test_the_run_cache_restores_what_another_clone_trained(shared: Path, clone: Path) -> None:
    shell(shared, *PUSH, "--run-cache")
    (clone / "dvc.lock").unlink()
    without = ["compose", "log_metadata"]  # as dvc.yaml has them, DVC keeps no runs of these
    assert started(shell(clone, "dvc", "repro", "--pull")) == without
    assert contents(clone) == contents(shared)
    replace(clone / "conf/model/linear.yaml", "C: 2.0", "C: 1.0")
    assert started(shell(clone, "dvc", "repro", "--pull", "evaluate")) == ["compose"]
    first = shell(shared, "git", "show", "model@v1.0.0:metrics/test.json")
    assert (clone / "metrics/test.json").read_text(encoding="utf-8") == first


@S3
@pytest.mark.parametrize(
    ("name", "value", "words", "command"),
    [
        ("AWS_SECRET_ACCESS_KEY", "another", "signature", ("dvc", "pull")),
        ("AWS_ACCESS_KEY_ID", "another", "access key ID", ("dvc", "repro", "--pull")),
        ("url", "s3://no-such-bucket/x", "bucket does not exist", ("dvc", "push")),
        ("endpointurl", "http://127.0.0.1:9", "Could not connect", ("dvc", "fetch")),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line_and_nothing_is_lost(
    clone: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    words: str,
    command: tuple[str, ...],
) -> None:
    if name.isupper():
        monkeypatch.setenv(name, value)
    else:
        shell(clone, "dvc", "remote", "modify", "--local", "storage", name, value)
    before = contents(clone)
    theirs, ours = attempt(clone, *command), attempt(clone, *REMOTE)
    assert theirs.returncode != 0 and ours.returncode == 1
    assert "Traceback" not in theirs.stderr, theirs.stderr
    assert len(ours.stderr.splitlines()) == 1 and words in ours.stderr, ours.stderr
    assert (value if name == "url" else URL) in ours.stderr
    assert SECRET not in theirs.stdout + theirs.stderr + ours.stderr
    assert contents(clone) == before


@S3
def test_credentials_are_where_they_were_put_and_nowhere_else(shared: Path, clone: Path) -> None:
    said = shell(clone, "dvc", "pull", "-v", "models/registered")
    said += shell(clone, "dvc", "repro", "--single-item", "--force", "log_metadata")
    said += shell(shared, "dvc", "push", "-v")
    assert (clone / "reports/run.json").exists()
    assert KEY not in said and SECRET not in said
    places = [shared, *shared.parent.glob("clone-*"), Path(DVC["DVC_SITE_CACHE_DIR"])]
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    holds = {path for path in files if re.search(f"{KEY}|{SECRET}".encode(), path.read_bytes())}
    assert {path for path in holds if path.name != "servers.py"} == {shared / ".dvc/config.local"}
    for place in (shared, clone):
        commits = shell(place, "git", "rev-list", "--all").split()
        found = shell(place, "git", "grep", "-lE", f"{KEY}|{SECRET}", *commits).split()
        assert {line.split(":", 1)[1] for line in found} == {"template/tests/support/servers.py"}
