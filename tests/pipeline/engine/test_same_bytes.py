"""What two workers of a cluster make is, byte for byte, what one process makes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from pipeline.compose import compose
from stages import featurize, ingest, preprocess, split, validate_data
from tests.closure import ROOT
from tests.cluster import Running, running
from tests.pipeline.engine.project import hashes

FLIGHTS = [
    "dataset=flights",
    "split=temporal",
    "split.train_until=2013-01",
    "split.valid_until=2013-02",
    "dataset.partition_rows=15000",
    "dataset.checks.not_before=null",
]


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three months of flights in a folder without code."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/raw/flights"
    folder.mkdir(parents=True)
    for name in (
        "planes",
        *(f"{kind}-2013-0{n}" for kind in ("flights", "weather") for n in (1, 2, 3)),
    ):
        shutil.copy(ROOT / f"data/raw/flights/{name}.parquet", folder)
    return folder


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Running]:
    """Two workers in that folder."""
    with running(tmp_path, 2, PYTHONPATH=str(ROOT)) as found:
        yield found


def made(*engine: str) -> dict[str, str]:
    """The hash of each file that the data stages make of the flights."""
    chosen = OmegaConf.to_yaml(compose([*FLIGHTS, *engine]))
    Path("params.yaml").write_text(chosen, encoding="utf-8")
    for name in ("data/ingested", ".cache", "metrics"):
        shutil.rmtree(name, ignore_errors=True)
    for stage in (ingest, validate_data, preprocess, featurize, split):
        stage.main()
    return hashes(Path("data")) | hashes(Path("metrics"))


def test_data_stages_of_flights(raw: Path, two: Running) -> None:
    alone = made("engine=inline")
    assert len(alone) > 30
    assert made("engine=dask", f"engine.address={two.address}") == alone
