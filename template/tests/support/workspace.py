"""A copy of this repository in a Git repository of its own, on penguins, where tests run real DVC."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from tests.closure import ROOT

DVC = {"DVC_NO_ANALYTICS": "1", "DVC_SITE_CACHE_DIR": str(ROOT / ".cache/tests")}
# Tests edit a module twice in a second, at the same size: Python would take the first's bytecode.
PYTHON = {"PYTHONDONTWRITEBYTECODE": "1"}

# Raw files of other data sets are not needed, and DVC asks for those that a .dvc file names.
OTHER_RAW = re.compile(r"data/raw/(?!penguins/)[^/]+/|data/raw/.+\.dvc$")


def environment() -> dict[str, str]:
    """This interpreter's programs first, and one identity for Git."""
    names = {"AUTHOR": "Test", "COMMITTER": "Test"}
    git = {f"GIT_{role}_NAME": name for role, name in names.items()}
    git |= {f"GIT_{role}_EMAIL": "test@example.org" for role in names}
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    # A make of the tests' own must not take itself for a part of `make test`.
    others = {
        name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFL"))
    }
    return {**others, **git, "PATH": path, **DVC, **PYTHON}


def attempt(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, whatever its exit status."""
    return subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )


def shell(folder: Path, *command: str) -> str:
    """What a command that must succeed prints."""
    done = attempt(folder, *command)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def started(output: str) -> list[str]:
    """The stages that DVC says it ran, in order."""
    return re.findall(r"Running stage '(\w+)'", output)


def replace(file: Path, old: str, new: str) -> None:
    """Edit a file that must hold the old text."""
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file} lacks {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def choose(file: Path, group: str, name: str) -> None:
    """Choose from a group in conf/config.yaml, whatever is chosen there now."""
    text = file.read_text(encoding="utf-8")
    edited, found = re.subn(rf"(?m)^(  - {group}: )\w+", rf"\g<1>{name}", text)
    assert found == 1, f"{file} chooses {group} {found} times"
    file.write_text(edited, encoding="utf-8", newline="\n")


def listed_files(folder: Path) -> list[str]:
    """The files that Git has, or would take; one that was removed may still be listed."""
    listed = shell(folder, "git", "ls-files", "-co", "--exclude-standard", "-z")
    return [name for name in listed.split("\0") if name]


def copy(folder: Path, model: str = "linear") -> Path:
    """This repository's files at a new folder, on penguins, committed, nothing run yet."""
    for name in listed_files(ROOT):
        path = ROOT / name  # a link stands for a file that is copied itself
        if path.is_file() and not path.is_symlink() and not OTHER_RAW.match(name):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    # Metrics and lock are those of the default data: here they would only be in the way.
    shutil.rmtree(folder / "metrics", ignore_errors=True)
    for name in ("dvc.lock", "params.yaml", "reports/model_card.md"):
        (folder / name).unlink(missing_ok=True)
    chosen = {"dataset": "penguins", "split": "stratified", "model": model, "gate": "default"}
    chosen["experiment"] = "null"
    for group, name in chosen.items():
        choose(folder / "conf/config.yaml", group, name)
    replace(folder / "conf/gate/default.yaml", "min_slice_rows: 200", "min_slice_rows: 20")
    shell(folder, "git", "init", "-q")
    shell(folder, "git", "add", "-A")
    shell(folder, "git", "commit", "-qm", "Copied")
    return folder


def build(folder: Path) -> None:
    """Run the whole pipeline and commit what it made."""
    shell(folder, "dvc", "repro")
    shell(folder, "git", "add", "-A")
    shell(folder, "git", "commit", "-qm", "Built")


def built_copy(factory: pytest.TempPathFactory, name: str, model: str = "linear") -> Path:
    """A built repository of a test's own: a copy of one that all of this run's tests share.

    The first that asks builds it, whichever worker that is; the others wait for it.
    """
    shared = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each worker's folder lies in the run's
        shared = shared.parent
    with FileLock(shared / f"{model}.lock"):
        if not (shared / model).exists():
            unfinished = shared / f"{model}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            build(copy(unfinished, model))
            unfinished.rename(shared / model)
    folder = factory.mktemp(name) / "root"
    shutil.copytree(shared / model, folder, symlinks=True)
    shell(folder, "git", "status", "--porcelain")  # Git learns the copies' times
    return folder


def restore(folder: Path) -> None:
    """Back to the last commit, data and models included."""
    shell(folder, "git", "reset", "-q", "--hard")  # DVC staged its lock: the index is no way back
    shell(folder, "git", "clean", "-qfd")
    for left in folder.rglob("*.part"):  # of a write that was stopped; Git ignores these
        left.unlink()
    shell(folder, "dvc", "checkout", "-q", "--force")  # also what a stage run by hand wrote


def contents(folder: Path) -> dict[str, bytes]:
    """What the pipeline made, dvc.lock included; the volatile run record aside."""
    made = [folder / name for name in ("params.yaml", "dvc.lock")]
    for name in ("data", "models", "metrics", "reports"):
        made += sorted(path for path in (folder / name).rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in made if path.exists()}
    return {
        name: path.read_bytes()
        for name, path in names.items()
        if name != "reports/run.json" and not name.startswith("data/raw/")
    }
