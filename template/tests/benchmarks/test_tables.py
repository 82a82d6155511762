"""The benchmark of the data phase: the same columns and limits everywhere, and a difference is seen."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

from lockstep.composition.compose import compose
from lockstep.core.config import parse_config
from template.benchmarks.growth import multiply
from template.benchmarks.measure import Cost
from template.benchmarks.tables import columns, in_pandas
from template.benchmarks.tables.__main__ import table
from template.benchmarks.tables.compare import must_be_equal
from tests.closure import ROOT


def test_the_columns_and_ranges_are_those_of_the_configuration() -> None:
    dataset = parse_config(compose(["dataset=flights", "split=temporal"])).dataset
    assert set(columns.NUMERIC) == set(dataset.numeric)
    assert dataset.categorical == columns.CATEGORICAL
    ranges = {
        name: (column.min, column.max)
        for name, column in dataset.checks.columns.items()
        if column.max is not None and name in [*columns.RANGES]
    }
    assert ranges == columns.RANGES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years of one month each, in a folder like a clone."""
    root = tmp_path_factory.mktemp("years")
    (root / "data/raw/flights").mkdir(parents=True)
    for name in ("flights-2013-01", "weather-2013-01", "planes"):
        shutil.copy(ROOT / f"data/raw/flights/{name}.parquet", root / "data/raw/flights")
    multiply(root / "data/raw/flights", [2013, 2014])
    return root


def test_each_year_has_rows_of_its_own_and_a_difference_of_one_value_ends_the_benchmark(
    folder: Path, tmp_path: Path
) -> None:
    made = in_pandas.table(folder / "data/raw/flights")
    assert made["flight_id"].is_unique
    assert made["month"].value_counts().to_dict().keys() == {"2013-01", "2014-01"}
    for way in ("ours", "theirs"):
        for split, rows in (("train", made[:-9]), ("valid", made[-9:-4]), ("test", made[-4:])):
            place = tmp_path / way / split if way == "ours" else tmp_path / way
            place.mkdir(parents=True, exist_ok=True)
            rows.to_parquet(place / f"{split}.parquet", index=False)
    must_be_equal(tmp_path / "ours", tmp_path / "theirs", "pandas")
    other = pd.read_parquet(tmp_path / "theirs/valid.parquet")
    other.loc[0, "distance"] += 1
    other.to_parquet(tmp_path / "theirs/valid.parquet", index=False)
    with pytest.raises(SystemExit, match="pandas: valid, column distance"):
        must_be_equal(tmp_path / "ours", tmp_path / "theirs", "pandas")


def test_a_way_that_was_stopped_for_its_memory_says_so_in_the_table() -> None:
    found = {1: {"pandas": Cost(1, 1, 0.5)}, 10: {"pandas": None}}
    assert table(found, 18).splitlines()[2] == "| pandas | 1.0 (0.50) | over 18 GB |  |  |"
