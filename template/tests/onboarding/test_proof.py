"""The proof refuses what the pipeline would refuse, and samples what passes."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from lockstep.core.errors import ConfigError, DataError
from lockstep.core.schema import Dataset
from lockstep.onboarding import proof
from lockstep.onboarding.plan import Plan
from lockstep.onboarding.source_files import SourceFiles
from tests.closure import ROOT

RECIPE = """
import pandas as pd


def load(raw):
    for path in sorted(raw.glob("*.csv")):
        yield path.stem, pd.read_csv(path)
"""
CONF = """
name: mine
recipe: mine
task: regression
target: y
key: [id]
raw: data/raw/mine
numeric: [x]
categorical: []
checks:
  unique_key: fail
  columns:
    id: {type: int}
    x: {type: int, max: 9}
    y: {type: float, severity: fail, min: 0}
"""


Y = [0.5, 1.5, 2.5, 3.5, 4.5]


@pytest.fixture
def recipe(tmp_path: Path) -> Any:
    (tmp_path / "mine.py").write_text(RECIPE, encoding="utf-8")
    return proof.import_recipe(tmp_path / "mine.py")


@pytest.fixture
def dataset() -> Dataset:
    return proof.parse_dataset(CONF)


def write_rows(folder: Path, x: list[int], y: list[float]) -> Path:
    """Write two raw files, numbered by id."""
    frame = pd.DataFrame({"id": range(len(x)), "x": x, "y": y})
    frame[:3].to_csv(folder / "1.csv", index=False)
    frame[3:].to_csv(folder / "2.csv", index=False)
    return folder


def test_rows_that_fail_a_check_are_counted_as_quarantined(
    tmp_path: Path, recipe: Any, dataset: Dataset
) -> None:
    raw = write_rows(tmp_path, [1, 2, 99, 4, 99], Y)
    partitions = list(proof.validate_partitions(recipe, raw, dataset))
    assert [(len(valid), n) for valid, n in partitions] == [(2, 1), (1, 1)]


def test_a_check_of_severity_fail_is_refused(tmp_path: Path, recipe: Any, dataset: Dataset) -> None:
    raw = write_rows(tmp_path, [1, 2, 3, 4, 5], [*Y[:4], -1])
    with pytest.raises(DataError, match="column y, check 'at least 0' fails"):
        list(proof.validate_partitions(recipe, raw, dataset))


def test_a_key_that_comes_twice_is_refused(tmp_path: Path, recipe: Any, dataset: Dataset) -> None:
    dataset.key = ["x"]
    raw = write_rows(tmp_path, [1, 2, 3, 4, 1], Y)
    with pytest.raises(DataError, match="key x: a value is there twice"):
        list(proof.validate_partitions(recipe, raw, dataset))


def test_a_large_table_is_sampled_evenly(
    tmp_path: Path, recipe: Any, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proof, "MIN_SAMPLE_ROWS", 20)
    monkeypatch.setattr(proof, "SAMPLE_CELLS", 1)
    raw = write_rows(tmp_path, [1] * 100, [0.5, 1.5] * 50)
    plan = Plan("mine", SourceFiles("csv", ".csv", [], None, 9), 100, {}, {}, "y", "regression")
    scan = proof.scan_rows(plan, recipe, raw, dataset)
    assert (scan.n_valid, scan.n_quarantined) == (100, 0)
    assert scan.sample["id"].diff().dropna().tolist() == [scan.stride] * (len(scan.sample) - 1)
    assert 10 <= len(scan.sample) <= 20


def test_what_does_not_compose_is_refused(tmp_path: Path) -> None:
    files = {"conf/dataset/mine.yaml": CONF + "unheard: of\n"}
    with pytest.raises(ConfigError, match="unheard"):
        proof.compose_with(ROOT, tmp_path, files, ["dataset=mine"])
    with pytest.raises(ConfigError, match="unheard"):
        proof.parse_dataset(CONF + "unheard: of\n")
