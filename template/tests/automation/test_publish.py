"""What main built is shared, and becomes a version only if it passed; pull takes what there is."""

import subprocess
import sys
from pathlib import Path

import pytest

from template.tests.support.workspace import DVC, attempt, built_copy, shell

PULL, PUBLISH = ((sys.executable, "-m", "lockstep", name) for name in ("pull", "publish"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with root, a built repository on main without a DVC remote, and its bare origin.git."""
    root = built_copy(tmp_path_factory, "publish")
    shell(root.parent, "git", "init", "-q", "--bare", "--initial-branch=main", "origin.git")
    shell(root, "git", "branch", "-qM", "main")
    shell(root, "git", "remote", "add", "origin", str(root.parent / "origin.git"))
    shell(root, "git", "push", "-q", "origin", "main")
    return root.parent


@pytest.fixture
def root(home: Path) -> Path:
    """That repository as it was committed first, with a remote that holds nothing yet."""
    root = home / "root"
    shell(root, "git", "reset", "-q", "--hard", "origin/main")
    (home / "storage").mkdir(exist_ok=True)
    url = str(home / "storage")
    shell(root, "dvc", "remote", "add", "--force", "--default", "storage", url)
    shell(root, "git", "commit", "-qam", "Set the remote")
    return root


def said(done: subprocess.CompletedProcess[str]) -> str:
    """What a command that succeeded printed."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def refs(home: Path) -> str:
    """What origin has."""
    return shell(home / "origin.git", "git", "for-each-ref")


def test_without_a_remote_nothing_is_pulled_and_nothing_is_promoted(home: Path, root: Path) -> None:
    shell(root, "git", "reset", "-q", "--hard", "HEAD~1")
    before = refs(home)
    assert "no remote is set" in said(attempt(root, *PULL))
    assert "no remote is set" in said(attempt(root, *PUBLISH))
    assert refs(home) == before


def test_a_folder_of_another_machine_is_no_remote(home: Path, root: Path) -> None:
    (home / "storage").rmdir()
    before = refs(home)
    assert "pulled from" in said(attempt(root, *PULL)), "what it lacks is rebuilt"
    assert "is not here; another machine's?" in said(attempt(root, *PUBLISH))
    assert refs(home) == before and not (home / "storage").exists()


def test_a_dry_run_says_what_would_be_done(home: Path, root: Path) -> None:
    before = refs(home)
    shown = said(attempt(root, *PUBLISH, "--dry-run"))
    assert "a new version: the verdict is a pass" in shown and "nothing was changed" in shown
    assert refs(home) == before and not any((home / "storage").iterdir())


def test_what_is_not_on_the_remote_is_named_and_left_to_repro(home: Path, tmp_path: Path) -> None:
    shell(tmp_path, "git", "clone", "-q", str(home / "root"), "clone")
    (tmp_path / "empty").mkdir()
    shell(
        tmp_path / "clone", "dvc", "remote", "add", "-f", "-d", "storage", str(tmp_path / "empty")
    )
    shown = said(attempt(tmp_path / "clone", *PULL))
    assert "data/features, data/ingested" in shown, shown


def test_credentials_that_do_not_work_are_an_error(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setitem(DVC, "DVC_SITE_CACHE_DIR", str(tmp_path / "site"))
    shell(tmp_path, "git", "clone", "-q", str(home / "root"), "clone")
    clone = tmp_path / "clone"
    shell(clone, "dvc", "remote", "add", "-f", "-d", "storage", "s3://bucket/path")
    shell(clone, "dvc", "remote", "modify", "storage", "endpointurl", "http://127.0.0.1:9")
    done = attempt(clone, *PULL)
    assert done.returncode == 1
    assert "pull: `dvc pull` from s3://bucket/path failed" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (("git", "checkout", "-q", "--detach"), "no branch is in force"),
        (("git", "remote", "rename", "origin", "upstream"), "Git has no remote origin"),
        (("git", "rm", "-q", "README.md"), "README.md differs from the last commit"),
        (("rm", "-r", "models/registered"), "models/registered is not there"),
    ],
)
def test_what_cannot_be_published_is_told_in_a_line(
    home: Path, tmp_path: Path, spoil: tuple[str, ...], words: str
) -> None:
    shell(tmp_path, "cp", "-r", str(home / "root"), "copy")
    root, before = tmp_path / "copy", refs(home)
    (tmp_path / "storage").mkdir()
    shell(root, "dvc", "remote", "add", "-f", "-d", "storage", str(tmp_path / "storage"))
    shell(root, "git", "commit", "-qam", "Set the remote")
    shell(root, *spoil)
    done = attempt(root, *PUBLISH)
    assert done.returncode == 1 and words in done.stderr, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert refs(home) == before and not any((tmp_path / "storage").iterdir())


def test_a_branch_that_moved_meanwhile_gets_neither_commit_nor_tag(home: Path, root: Path) -> None:
    shell(home, "git", "clone", "-q", "origin.git", "elsewhere")
    shell(home / "elsewhere", "git", "commit", "-q", "--allow-empty", "-m", "Meanwhile")
    shell(home / "elsewhere", "git", "push", "-q", "origin", "main")
    before, here = refs(home), shell(root, "git", "rev-parse", "HEAD")
    done = attempt(root, *PUBLISH)
    assert shell(root, "git", "rev-parse", "HEAD") == here and not any((home / "storage").iterdir())
    assert done.returncode == 1 and "has commits that are not here" in done.stderr, done.stderr
    assert refs(home) == before
