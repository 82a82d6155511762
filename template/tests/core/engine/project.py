"""The project's code and the penguins in a folder of their own, where stages run on a cluster's workers."""

import hashlib
import shutil
import sys
from pathlib import Path

from omegaconf import OmegaConf

from lockstep.composition.compose import compose
from template.tests.support.workspace import attempt, replace, shell
from tests.closure import ROOT

PYTHON = sys.executable
CLEAN = '"""Nothing to mend."""\n'
PENGUINS = ["dataset=penguins", "split=stratified", "dataset.partition_rows=50"]  # seven partitions


def project(folder: Path) -> Path:
    """Code and raw penguins, validated."""
    for name in ("lockstep", "recipes", "stages", "components", "data/raw/penguins"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "dvc.yaml", folder)
    on(folder, None)
    for stage in ("ingest", "validate_data"):
        shell(folder, PYTHON, "-m", f"stages.{stage}")
    return folder


def on(folder: Path, address: str | None, *more: str) -> None:
    """Have the stages compute there: on a cluster, or in their own process."""
    engine = ["engine=dask", f"engine.address={address}"] if address else ["engine=inline"]
    chosen = OmegaConf.to_yaml(compose([*PENGUINS, *engine, *more], ROOT))
    (folder / "params.yaml").write_text(chosen, encoding="utf-8")


def clean(folder: Path, code: str) -> None:
    """Have the recipe's clean() do this first."""
    shutil.copy(ROOT / "recipes/penguins.py", folder / "recipes/penguins.py")
    replace(folder / "recipes/penguins.py", CLEAN, f"{CLEAN}    {code}\n")


def preprocessed(folder: Path) -> dict[str, str]:
    """The hash of each file that the stage preprocess makes of everything anew."""
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    shell(folder, PYTHON, "-m", "stages.preprocess")
    return hashes(folder / "data/preprocessed")


def refused(folder: Path) -> str:
    """The one line that the stage preprocess, which must fail, says."""
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    done = attempt(folder, PYTHON, "-m", "stages.preprocess")
    assert done.returncode == 1, done.stdout
    [line] = done.stderr.splitlines()
    return line


def hashes(folder: Path) -> dict[str, str]:
    """The hash of each file in a folder, by its path there."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    sums = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()) for path in files
    }
    return {name: one.hexdigest() for name, one in sums.items()}
