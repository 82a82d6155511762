"""What each stage loads: libraries take longer than most stages' work, so none is loaded that is not called.

Start-up is checked by what is imported, not by time; template/benchmarks/startup.py gives seconds.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from template.tests.support.workspace import built_copy, environment

# What takes more than some 20 ms to load; a library's own need of another counts for the stage.
HEAVY = {
    "catboost", "distributed", "duckdb", "dvc", "fsspec", "hydra", "matplotlib", "numpy",
    "omegaconf", "optuna", "pandas", "polars", "pyarrow", "requests", "ruamel", "scipy",
    "skops", "sklearn", "sqlalchemy", "vl_convert", "xgboost",
}  # fmt: skip
CONFIG = {"omegaconf"}
TABLES = {*CONFIG, "numpy", "pandas", "pyarrow"}
MODEL = {"catboost", "scipy"}  # CatBoost loads scipy.sparse
BUDGET = {
    "compose": {*CONFIG, "hydra"},
    "ingest": TABLES,
    "validate_data": TABLES,
    "preprocess": TABLES,
    "featurize": TABLES,
    "split": TABLES,
    "train": {*TABLES, *MODEL},
    "evaluate": {*TABLES, *MODEL},
    "validate_model": CONFIG,
    "register": {*CONFIG, "ruamel"},
    "log_metadata": set(),
    "report": set(),  # Vega's script is kept after the first time
}
SHOW = """
import importlib, sys
importlib.import_module("stages.{name}").main()
print("LOADED", *{{name.split(".")[0] for name in sys.modules}})
"""


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built repository with nothing kept that would spare a stage its work."""
    root = built_copy(tmp_path_factory, "imports", "catboost")
    shutil.rmtree(root / ".cache/partitions")
    return root


@pytest.mark.parametrize("stage", BUDGET)
def test_a_stage_loads_no_library_but_those_it_computes_with(repo: Path, stage: str) -> None:
    command = [sys.executable, "-c", SHOW.format(name=stage)]
    there = environment() | {"PYTHONPATH": "."}
    done = subprocess.run(command, cwd=repo, env=there, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split("LOADED")[1].split()) & HEAVY
    assert loaded <= BUDGET[stage], f"{stage} loads {', '.join(sorted(loaded - BUDGET[stage]))}"


def test_every_stage_has_a_budget(repo: Path) -> None:
    stages = {path.stem for path in Path(repo, "stages").glob("[!_]*.py")}
    assert stages == set(BUDGET)
    assert set().union(*BUDGET.values()) <= HEAVY
