"""Projects rendered from the working tree, one for each set of answers that differs."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from template.tests.support.workspace import environment, listed_files, shell
from tests.closure import ROOT

TABLE = "Visits 2023.csv"
OWN = {"dataset": "own", "data_path": TABLE, "target": "came back"}
VARIANTS: dict[str, dict[str, str]] = {
    "defaults": {},
    "flights-all-gitlab": {"ci": "all", "forge": "gitlab", "license": "Apache-2.0"},
    "penguins": {"dataset": "penguins", "ci": "all", "license": "BSD-3-Clause"},
    "penguins-proprietary": {"dataset": "penguins", "ci": "none", "license": "Proprietary"},
    "own": {**OWN, "ci": "checks"},
    "own-later": {"dataset": "own", "ci": "checks", "forge": "gitlab"},
}


def attempt_at_home(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command typed in a folder, with a home of its own for what cookiecutter keeps."""
    variables = {**environment(), "PWD": str(folder), "HOME": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )


def write_visits(folder: Path) -> None:
    """Write an own table: times, categories, gaps, and a target that its features tell a little."""
    rng = np.random.default_rng(5)
    n_rows = 900
    days = pd.Timestamp("2023-01-01") + pd.to_timedelta(np.sort(rng.integers(0, 330, n_rows)), "D")
    stay = rng.gamma(2.0, 20.0, n_rows).round(1)
    ward = rng.choice(["north", "south", "children's"], n_rows)
    came_back = rng.random(n_rows) < 1 / (1 + np.exp(2.5 - stay / 25 - (ward == "north")))
    frame = pd.DataFrame(
        {
            "visit id": [f"V{number:04}" for number in range(n_rows)],
            "admitted": days.strftime("%Y-%m-%d"),
            "ward": ward,
            "stay": pd.Series(stay).mask(rng.random(n_rows) < 0.08),
            "came back": np.where(came_back, "yes", "no"),
        }
    )
    frame.to_csv(folder / TABLE, index=False)


def render(folder: Path, source: str, answers: dict[str, str]) -> str:
    """Return what rendering from a source prints."""
    if "data_path" in answers:
        write_visits(folder)
    words = [f"{name}={value}" for name, value in answers.items()]
    done = attempt_at_home(folder, "cookiecutter", "--no-input", source, *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def committed_files(folder: Path) -> set[str]:
    """Return the files that Git would commit."""
    return {name for name in listed_files(folder) if (folder / name).is_file()}


def copy_template(folder: Path) -> Path:
    """Return the working tree as a Git repository of one commit, its links kept."""
    for name in listed_files(ROOT):
        if (ROOT / name).is_symlink() or (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name, follow_symlinks=False)
    shell(folder, "git", "init", "-q", "--initial-branch=main")
    shell(folder, "git", "add", "-A")
    shell(folder, "git", "commit", "-qm", "Template")
    return folder


def use_this_environment(root: Path) -> None:
    """Link this interpreter's environment as the project's .venv, so that make finds nothing to install."""
    (root / ".venv").mkdir()
    for path in Path(sys.prefix).iterdir():
        (root / ".venv" / path.name).symlink_to(path)
    for stamp in (".stamp", ".test.stamp"):
        (root / ".venv" / stamp).unlink(missing_ok=True)
        (root / ".venv" / stamp).touch()
