"""A disk that is full stops a stage with one line; with space again, everything comes out the same."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from template.tests.support.workspace import (
    attempt,
    built_copy,
    contents,
    environment,
    restore,
    shell,
)
from tests.closure import ROOT

resource = pytest.importorskip("resource")
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
LIMIT = 400  # bytes of a file; on train, whose SQLite tells no number, only a small disk is tried


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository on penguins with CatBoost, built once."""
    return built_copy(tmp_path_factory, "full_disk", model="catboost")


@pytest.fixture(scope="module")
def built(root: Path) -> dict[str, bytes]:
    """What the undisturbed run made."""
    return contents(root)


@pytest.fixture(autouse=True)
def unchanged(root: Path, built: dict[str, bytes]) -> None:
    """Every test starts from the last commit."""
    if contents(root) != built or shell(root, "git", "status", "--porcelain"):
        restore(root)


def limited(root: Path, stage: str) -> subprocess.CompletedProcess[str]:
    """Run a stage that can write no file larger than LIMIT: the write fails as on a full disk."""
    return subprocess.run(
        [sys.executable, "-m", f"stages.{stage}"],
        cwd=root,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT)),
    )


def stopped(done: subprocess.CompletedProcess[str], stage: str) -> None:
    """Assert that the stage stopped with one line about the disk."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith(f"{stage}: the disk is full: "), lines[0]
    assert "free some space, then `dvc repro` goes on from here" in lines[0]


@pytest.mark.parametrize("stage", [name for name in STAGES if name != "train"])
def test_a_write_that_fails_is_one_line_and_the_next_run_makes_the_same(
    root: Path, built: dict[str, bytes], stage: str
) -> None:
    if stage == "compose":  # it leaves a current params.yaml alone
        (root / "params.yaml").unlink()
    stopped(limited(root, stage), stage)
    done = attempt(root, sys.executable, "-m", f"stages.{stage}")
    assert done.returncode == 0, done.stderr
    assert list(root.rglob("*.part")) == []
    assert contents(root) == built


@pytest.fixture
def disk(root: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the repository on a small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = attempt(tmp_path, "mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder))
    if mounted.returncode != 0:
        pytest.skip(f"no small disk can be mounted: {mounted.stderr.strip()}")
    try:
        yield Path(shutil.copytree(root, folder / "repository", symlinks=True))
    finally:
        shell(tmp_path, "umount", str(folder))


def fill(file: Path) -> None:
    """Write until there is no space."""
    try:
        with file.open("wb", buffering=0) as stream:
            while True:
                stream.write(bytes(4096))
    except OSError:
        assert file.exists()


@pytest.mark.parametrize("stage", ["ingest", "split", "train", "evaluate"])
def test_on_a_disk_with_no_space_left_a_stage_stops_and_repro_goes_on_when_there_is(
    disk: Path, built: dict[str, bytes], stage: str
) -> None:
    for out in STAGES[stage]["outs"]:
        name = out if isinstance(out, str) else next(iter(out))
        shutil.rmtree(disk / name) if (disk / name).is_dir() else (disk / name).unlink()
    shutil.rmtree(disk / ".cache")
    fill(disk / "filler")
    done = attempt(disk, sys.executable, "-B", "-m", f"stages.{stage}")
    if (
        stage == "train" and done.returncode < 0
    ):  # CatBoost's log may abort the process: not to be caught
        assert "No space left on device" in done.stderr
    else:
        stopped(done, stage)
    (disk / "filler").unlink()
    shell(disk, "dvc", "repro")
    assert contents(disk) == built
