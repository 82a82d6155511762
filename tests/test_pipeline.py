"""The stages of dvc.yaml run on a sample of the rows, in a copy of the project."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from omegaconf import OmegaConf

from lockstep.composition.compose import compose
from lockstep.core.schema import Dataset
from tests.sample import load_dataset, sample

RECIPE = """\
import pandas as pd

from recipes.{recipe} import clean as clean
from recipes.{recipe} import featurize as featurize


def load(raw):
    yield "sample", pd.read_parquet(raw / "sample.parquet")
"""
RARE = 10  # a class of fewer rows is left out of the sample: a split could lack it


def shell(folder: Path, *command: str) -> str:
    """Return what a command prints that must succeed."""
    path = str(Path(sys.executable).parent) + os.pathsep + os.environ["PATH"]
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def copy_project(folder: Path) -> None:
    """Copy the files of the project that Git has or would take, but the raw data."""
    listed = shell(Path(), "git", "ls-files", "-co", "--exclude-standard", "-z").split("\0")
    for name in filter(None, listed):
        path = Path(name)
        if path.is_file() and not path.is_symlink() and not name.startswith("data/raw/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / name)
    for name in ("dvc.lock", "metrics", "params.yaml"):  # results of the whole data
        shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink(True)


def sample_of(dataset: Dataset) -> pd.DataFrame:
    """Return the sample, without the rows of rare classes."""
    rows = sample(dataset.name)
    if dataset.task == "regression":
        return rows
    n_rows = rows.groupby(dataset.target)[dataset.target].transform("size")
    return rows[n_rows >= RARE]


def split_parameters(parameters: dict[str, Any], rows: pd.DataFrame) -> dict[str, Any]:
    """Return the split, with boundaries of a temporal one that leave no part of the sample empty."""
    split: dict[str, Any] = parameters["split"]
    if split["kind"] != "temporal":
        return split
    periods = sorted(map(str, rows[parameters["dataset"]["period"]].unique()))
    if len(periods) < 3:
        return {"kind": "random"}
    ends = {"train_until": periods[-3], "valid_until": periods[-2], "test_until": None}
    return {**split, **ends}


def sample_parameters(rows: pd.DataFrame) -> dict[str, Any]:
    """Return the composed parameters, for a sample: no check and no refusal that asks for many rows."""
    composed = compose()
    parameters: dict[str, Any] = OmegaConf.to_container(composed)  # type: ignore[assignment]
    dataset = parameters["dataset"]
    recipe = f"sample_of_{dataset['recipe']}"
    dataset.update(recipe=recipe, raw="data/raw/sample", leakage_limit=1.0, source=None)
    checks = dataset["checks"]
    checks.update(min_rows=1, max_rows=None, freshness_column=None, not_before=None)
    for rules in checks["columns"].values():
        rules.pop("max_missing", None)
    return {**parameters, "split": split_parameters(parameters, rows)}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which the pipeline ran on the sample."""
    rows = sample_of(load_dataset(compose().dataset.name))
    parameters = sample_parameters(rows)
    folder = tmp_path_factory.mktemp("project")
    copy_project(folder)
    recipe = load_dataset(compose().dataset.name).recipe
    code = RECIPE.format(recipe=recipe)
    (folder / f"recipes/sample_of_{recipe}.py").write_text(code, encoding="utf-8")
    (folder / "data/raw/sample").mkdir(parents=True)
    rows.to_parquet(folder / "data/raw/sample/sample.parquet")
    # compose leaves params.yaml alone, since its digest is that of conf/.
    (folder / "params.yaml").write_text(yaml.safe_dump(parameters), encoding="utf-8")
    shell(folder, "git", "init", "--quiet")
    shell(folder, "dvc", "repro", "--quiet")
    return folder


def test_every_stage_of_dvc_yaml_ran(project: Path) -> None:
    stages, ran = (
        yaml.safe_load((project / name).read_text(encoding="utf-8"))["stages"]
        for name in ("dvc.yaml", "dvc.lock")
    )
    assert sorted(ran) == sorted(stages)
    assert shell(project, "dvc", "status", "--quiet") == ""


def test_there_is_a_verdict_and_a_report(project: Path) -> None:
    gate = yaml.safe_load((project / "metrics/gate.json").read_text(encoding="utf-8"))
    assert gate["verdict"] in ("pass", "fail", "unknown")
    assert "<h1" in (project / "reports/report.html").read_text(encoding="utf-8")
