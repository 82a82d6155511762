"""Secrets from the environment become files that DVC reads, Git ignores and only their owner may read."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from dvc.config import Config

from template.tests.support.workspace import environment, shell
from tests.closure import ROOT

LOCAL = "['remote \"storage\"']\n    {} = a-secret\n"


def credentials(root: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command with these variables."""
    command = [sys.executable, "-m", "lockstep", "credentials", *words]
    env = {**environment(), "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A Git repository with a place for DVC's configuration."""
    shell(tmp_path, "git", "init", "-q")
    (tmp_path / ".dvc").mkdir()
    (tmp_path / ".dvc/config").touch()
    for name in (".gitignore", ".dvc/.gitignore"):
        (tmp_path / name).write_text((ROOT / name).read_text("utf-8"), encoding="utf-8")
    return tmp_path


def remote(root: Path, url: str) -> None:
    """Set the remote."""
    text = f"[core]\n    remote = storage\n['remote \"storage\"']\n    url = {url}\n"
    (root / ".dvc/config").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("url", "option", "own"),
    [
        ("gs://bucket/path", "credentialpath", "projectname"),
        ("ssh://host/path", "keyfile", "password"),
    ],
)
def test_a_key_becomes_a_file_that_the_remote_names(
    root: Path, url: str, option: str, own: str
) -> None:
    remote(root, url)
    secrets = {"DVC_KEY": "the-key", "DVC_CONFIG_LOCAL": LOCAL.format(own)}
    done = credentials(root, **secrets)
    assert done.returncode == 0, done.stderr
    options = Config(str(root / ".dvc"))["remote"]["storage"]
    assert options[own] == "a-secret"
    key = root / ".dvc" / options[option]
    assert key.read_text(encoding="utf-8") == "the-key\n"
    files = [key, root / ".dvc/config.local"]
    assert [stat.S_IMODE(os.stat(path).st_mode) for path in files] == [0o600, 0o600]
    shown = shell(root, "git", "status", "--porcelain", "--untracked-files=all")
    assert "config.local" not in shown and "dvc-key" not in shown
    assert "the-key" not in done.stdout and "a-secret" not in done.stdout
    assert credentials(root, **secrets).returncode == 0, "again"


def test_without_secrets_and_in_a_dry_run_nothing_is_written(root: Path) -> None:
    remote(root, "ssh://host/path")
    assert "nothing to do" in credentials(root).stdout
    assert "nothing was written" in credentials(root, "--dry-run", DVC_KEY="k").stdout
    assert not (root / ".dvc/config.local").exists() and not (root / ".cache").exists()


@pytest.mark.parametrize(
    ("url", "variables", "words"),
    [
        ("s3://bucket/path", {"DVC_KEY": "the-key"}, "takes no key file"),
        ("ssh://host/path", {"DVC_CONFIG_LOCAL": "[remote\na-secret"}, "no configuration"),
    ],
)
def test_a_secret_that_cannot_be_used_is_refused_in_a_line_that_does_not_show_it(
    root: Path, url: str, variables: dict[str, str], words: str
) -> None:
    remote(root, url)
    done = credentials(root, **variables)
    assert done.returncode == 1 and words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "the-key" not in done.stderr and "a-secret" not in done.stderr
    assert not (root / ".dvc/config.local").exists()


def test_a_persons_own_settings_are_left_alone(root: Path) -> None:
    (root / ".dvc/config.local").write_text("[core]\n    jobs = 1\n", encoding="utf-8")
    done = credentials(root, DVC_CONFIG_LOCAL=LOCAL.format("password"))
    assert done.returncode == 1 and "says something else" in done.stderr
    assert "jobs = 1" in (root / ".dvc/config.local").read_text(encoding="utf-8")
