"""A peer's environment and its folder, as a person would have them before the first run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from lockstep.core.config import load_config
from lockstep.core.errors import ConfigError
from lockstep.core.schema import Config
from template.benchmarks import measure
from template.benchmarks.peers.peer import GRID, PEERS, Peer

HERE = Path(__file__).parent
RAW, LAST = Path("data/raw/flights"), "2013-12"
CHANGED = "learning_rate: 0.1"  # by the scenario `parameter`
SHARED = (
    "recipes/__init__.py",
    "recipes/flights.py",
    "lockstep/__init__.py",
    "lockstep/training/metrics.py",
)


def is_ours(name: str) -> bool:
    """Whether a peer is this repository itself."""
    return name.startswith("lockstep")


def installed(name: str, log: Path) -> Path:
    """The folder of programs of a peer's own environment, made where it is absent or not as listed.

    Lockstep's is the one that this runs in. What pip says is appended to the log. Raises
    subprocess.CalledProcessError where it fails.
    """
    if is_ours(name):
        return Path(sys.executable).parent
    listed = HERE / name / "requirements.txt"
    with log.open("a", encoding="utf-8") as stream:
        return measure.environment(name, listed, HERE / "common.txt", log=stream).parent


def environment(programs: Path, folder: Path) -> dict[str, str]:
    """Variables for a peer's commands: its programs first, its caches in its folder, no telemetry."""
    names = {"AUTHOR": "Benchmark", "COMMITTER": "Benchmark"}
    git = {f"GIT_{role}_NAME": said for role, said in names.items()}
    git |= {f"GIT_{role}_EMAIL": "benchmark@example.org" for role in names}
    return {
        **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
        **git,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": ".",
        "XDG_CACHE_HOME": str(folder / ".cache"),
        "DVC_SITE_CACHE_DIR": str(folder / ".cache/dvc"),
        "DVC_NO_ANALYTICS": "1",
        "DO_NOT_TRACK": "1",
        "KEDRO_DISABLE_TELEMETRY": "1",
        "METAFLOW_HOME": str(folder / ".cache/metaflow"),
        "METAFLOW_USER": "benchmark",
    }


def settings(config: Config) -> dict[str, Any]:
    """What the configuration says of split, columns and model, for the peers' params.yaml."""
    return {
        "raw": RAW.as_posix(),
        "split": {name: getattr(config.split, name) for name in ("train_until", "valid_until")},
        "columns": {name: getattr(config.dataset, name) for name in ("numeric", "categorical")},
        "model": {**config.model.params, "random_seed": config.seed},
    }


def write_yaml(path: Path, value: Any) -> None:
    """Write YAML as a person would, keys in the order given."""
    from ruamel.yaml import YAML

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as stream:
        YAML().dump(value, stream)


def git(folder: Path, *words: str) -> None:
    """A Git command that must succeed."""
    subprocess.run(["git", *words], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def commit(folder: Path, message: str) -> None:
    """Commit all that changed, under a name of its own."""
    git(folder, "add", "-A")
    who = ("-c", "user.name=Benchmark", "-c", "user.email=benchmark@example.org")
    git(folder, *who, "commit", "-q", "--allow-empty", "-m", message)


def ours(folder: Path) -> None:
    """A clean clone of the last commit, with the grid as a search of its own."""
    git(Path(), "clone", "-q", str(Path.cwd()), str(folder))
    space = {name: {"choices": value} for name, value in GRID.items() if isinstance(value, list)}
    search = {"sampler": "grid", "pruner": "none", "trials": 16, "space": space}
    write_yaml(folder / "conf/search/peers.yaml", search)
    conf = folder / "conf/dataset/flights.yaml"
    text = re.sub(r"\n  not_before:.*", "", conf.read_text("utf-8"))  # it would ask for December
    conf.write_text(text, encoding="utf-8")


def theirs(name: str, folder: Path, settings: dict[str, Any]) -> None:
    """The peer's files, the shared functions, the raw tables and the parameters."""
    shutil.copytree(HERE / name, folder)
    if name == "dvc":  # under its own name DVC would find a second pipeline in this repository
        (folder / "stages.yaml").rename(folder / "dvc.yaml")
    shutil.copy(HERE / "functions.py", folder)
    for file in SHARED:
        (folder / file).parent.mkdir(exist_ok=True)
        shutil.copy(file, folder / file)
    shutil.copytree(RAW, folder / RAW)
    write_yaml(folder / PEERS[name].params, settings)
    write_yaml(folder / "grid.yaml", GRID)
    (folder / ".gitignore").write_text("__pycache__/\n.cache/\n", encoding="utf-8")
    git(folder, "init", "-q")


def made(name: str, folder: Path, programs: Path) -> None:
    """A peer's folder before its first run, committed."""
    if is_ours(name):
        ours(folder)
    else:
        theirs(name, folder, settings(load_config()))
    if name == "dvc":
        env = environment(programs, folder)
        subprocess.run(["dvc", "init", "-q"], cwd=folder, env=env, check=True)
    commit(folder, "Begin")


def hold(folder: Path) -> None:
    """Take the last month out of the raw tables."""
    for path in (folder / RAW).glob(f"*-{LAST}.parquet"):
        path.unlink()


def bring(folder: Path) -> None:
    """Put the last month into the raw tables."""
    for path in RAW.glob(f"*-{LAST}.parquet"):
        shutil.copy(path, folder / RAW)


def change(peer: Peer, folder: Path) -> None:
    """Edit one hyperparameter, as a person would. Raises ConfigError where it is not there."""
    file = folder / peer.params
    text, count = re.subn(r"learning_rate: [\d.]+", CHANGED, file.read_text("utf-8"))
    if count != 1:
        raise ConfigError(
            f"{file}: expected one learning_rate, of the model catboost, found {count}"
        )
    file.write_text(text, encoding="utf-8")
