"""What two workers of a cluster make is, byte for byte, what one process makes."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from pipeline.compose import compose
from stages import featurize, ingest, preprocess, split, validate_data
from tests.closure import ROOT
from tests.cluster import Running, running
from tests.pipeline.engine.project import PENGUINS, hashes
from tests.workspace import built_copy, replace, shell

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


def predictions(folder: Path, *engine: str) -> bytes:
    """The file that batch prediction writes for the rows of the penguins."""
    chosen = OmegaConf.to_yaml(compose([*PENGUINS, *engine]))
    (folder / "params.yaml").write_text(chosen, encoding="utf-8")
    words = ("data/ingested", "out.csv", "--bundle", "models/registered", "--force")
    shell(folder, sys.executable, "-m", "commands.predict", *words)
    return (folder / "out.csv").read_bytes()


def test_batch_prediction(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = built_copy(tmp_path_factory, "predicted")
    replace(folder / "pipeline/batch/files.py", "ROWS = 50_000", "ROWS = 60")  # six partitions
    alone = predictions(folder, "engine=inline")
    assert alone.count(b"\n") > 300
    assert predictions(folder, "engine=processes") == alone
    with running(folder, 2) as found:
        assert predictions(folder, "engine=dask", f"engine.address={found.address}") == alone
