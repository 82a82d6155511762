"""A remote is set only as asked: shown, tried, never with a secret, never in another's place unasked."""

import shutil
import sys
from pathlib import Path

import pytest

from lockstep.automation.remote_storage import missing_requirement
from template.tests.support.servers import web_server
from template.tests.support.workspace import attempt, shell
from tests.closure import ROOT

REMOTE = (sys.executable, "-m", "lockstep", "remote")
CONFIG = ".dvc/config"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """As much of the project as the command needs, no remote set."""
    root = tmp_path / "project"
    (root / ".dvc").mkdir(parents=True)
    for name in ("lockstep", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    text = (ROOT / CONFIG).read_text(encoding="utf-8").split("['remote")[0]
    lines = [line for line in text.splitlines() if "remote =" not in line]
    (root / CONFIG).write_text("\n".join(["# ours", *lines]) + "\n", encoding="utf-8")
    shell(root, "git", "init", "-q")
    return root


def refuses(root: Path, words: str, *given: str) -> None:
    """Assert that the command refuses with one line that has the words, and writes nothing."""
    before = (root / CONFIG).read_bytes()
    done = attempt(root, *REMOTE, *given)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1 and words in done.stderr, done.stderr
    assert (root / CONFIG).read_bytes() == before


def test_a_folder_is_counted_from_the_project_tried_and_made_the_default(root: Path) -> None:
    refuses(root, "no remote is set")
    refuses(root, "there is no terminal to ask on", "../storage")
    output = shell(root, *REMOTE, "../storage", "--dry-run")
    assert "+    url = ../../storage" in output and not (root.parent / "storage").exists()
    output = shell(root, *REMOTE, "../storage", "--yes")
    assert "a small file was written, read and removed" in output
    assert list((root.parent / "storage").iterdir()) == []
    text = (root / CONFIG).read_text(encoding="utf-8")
    assert text.startswith("# ours\n[core]") and "remote = storage" in text
    listed = shell(
        root, "env", "COLUMNS=500", "dvc", "remote", "list"
    ).split()  # DVC cuts long lines
    assert listed == ["storage", str(root.parent / "storage"), "(default)"]
    shell(root, *REMOTE)
    assert "written:" not in shell(root, *REMOTE, "../storage", "--yes")


def test_another_remote_is_replaced_only_by_force_and_options_of_the_same_one_stay(
    root: Path,
) -> None:
    shell(root, "dvc", "remote", "add", "--default", "ours", "s3://bucket/x")
    shell(root, "dvc", "remote", "modify", "ours", "region", "eu-central-1")
    refuses(root, "the remote ours (s3://bucket/x) is set already; --force", "../storage", "--yes")
    refuses(root, "is set already", "s3://bucket/x", "--endpoint-url", "http://a", "--yes")
    given = ("s3://bucket/x", "--endpoint-url", "http://a", "--force", "--yes", "--no-check")
    shell(root, *REMOTE, *given)
    text = (root / CONFIG).read_text(encoding="utf-8")
    assert "remote = ours" in text and "region = eu-central-1" in text
    assert "endpointurl = http://a" in text
    shell(root, *REMOTE, "../storage", "--force", "--yes")
    assert shell(root, "dvc", "config", "core.remote").strip() == "storage"


def test_a_remote_that_cannot_be_written_is_not_set(root: Path) -> None:
    (root.parent / "file").touch()
    refuses(root, "cannot be written", "../file", "--yes")
    refuses(root, "cannot be written", "../file/below", "--yes")
    refuses(root, "lies in the project", "storage", "--yes")


def test_a_web_server_is_read_only(root: Path) -> None:
    with web_server(root) as url:
        assert "`dvc push` does not" in shell(root, *REMOTE, url, "--yes")
    refuses(root, "cannot be read", "http://127.0.0.1:9/x", "--yes", "--force")


def test_local_configuration_is_counted_in(root: Path) -> None:
    shell(root, "dvc", "remote", "add", "--local", "--default", "mine", str(root.parent / "mine"))
    output = shell(root, *REMOTE, "../storage", "--yes")
    assert "mine (" in output and ".dvc/config.local makes mine the default here" in output


def test_a_package_that_is_missing_is_named(root: Path) -> None:
    lacks = [url for url in ("gs://b", "azure://c", "ssh://h/x") if missing_requirement(url, ROOT)]
    assert missing_requirement("s3://b", ROOT) is None and missing_requirement("../x", ROOT) is None
    for url in lacks:
        refuses(root, f'add "dvc-{url.split(":")[0]}>=', url, "--yes")
    assert lacks, "none of these belongs to the environment of the tests"
