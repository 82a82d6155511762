"""What two workers of a cluster make is, byte for byte, what one process makes."""

import shutil
import sys
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from lockstep.composition.compose import compose
from stages import featurize, ingest, preprocess, split, validate_data
from template.tests.core.engine.project import PENGUINS, hashes
from template.tests.support.cluster import running
from template.tests.support.servers import BUCKET, KEY, SECRET, s3_server
from template.tests.support.workspace import built_copy, replace, shell
from tests.closure import ROOT

FLIGHTS = [
    "dataset=flights",
    "split=temporal",
    "split.train_until=2013-01",
    "split.valid_until=2013-02",
    "dataset.partition_rows=15000",
    "dataset.checks.not_before=null",
]
FLIGHTS_LACK = not (ROOT / "data/raw/flights").is_dir()  # in a project that does not have them


def made(*engine: str) -> dict[str, str]:
    """The hash of each file that the data stages make of the flights."""
    chosen = OmegaConf.to_yaml(compose([*FLIGHTS, *engine], ROOT))
    Path("params.yaml").write_text(chosen, encoding="utf-8")
    for name in ("data/ingested", ".cache", "metrics"):
        shutil.rmtree(name, ignore_errors=True)
    for stage in (ingest, validate_data, preprocess, featurize, split):
        stage.main()
    return hashes(Path("data")) | hashes(Path("metrics"))


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Three months of flights in a folder without code, and what one process makes of them."""
    folder = tmp_path_factory.mktemp("flights")
    (folder / "data/raw/flights").mkdir(parents=True)
    months = [f"{kind}-2013-0{month}" for kind in ("flights", "weather") for month in (1, 2, 3)]
    for name in ("planes", *months):
        shutil.copy(ROOT / f"data/raw/flights/{name}.parquet", folder / "data/raw/flights")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        alone = made("engine=inline")
    assert len(alone) > 30
    return folder, alone


@pytest.mark.skipif(FLIGHTS_LACK, reason="no flights here")
def test_data_stages_of_flights(
    flights: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, alone = flights
    monkeypatch.chdir(folder)
    with running(folder, 2, PYTHONPATH=str(ROOT)) as result:
        assert made("engine=dask", f"engine.address={result.address}") == alone


@pytest.mark.skipif(FLIGHTS_LACK, reason="no flights here")
def test_data_stages_of_flights_through_an_object_store(
    flights: tuple[Path, dict[str, str]],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The workers have the code and no data, and nothing stays with them."""
    folder, alone = flights
    monkeypatch.chdir(folder)
    far = tmp_path_factory.mktemp("far")
    keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "TMPDIR": str(far)}
    with s3_server(tmp_path_factory.mktemp("s3")) as endpoint:
        for name, value in {**keys, "AWS_ENDPOINT_URL": endpoint}.items():
            monkeypatch.setenv(name, value)
        with running(far, 2, PYTHONPATH=str(ROOT)) as result:
            place = ["engine=dask", f"engine.address={result.address}"]
            assert made(*place, f"engine.store=s3://{BUCKET}/parts") == alone
    assert not [path for path in far.rglob("*") if path.suffix == ".parquet"]


def predictions(folder: Path, *engine: str) -> bytes:
    """The file that batch prediction writes for the rows of the penguins."""
    chosen = OmegaConf.to_yaml(compose([*PENGUINS, *engine], ROOT))
    (folder / "params.yaml").write_text(chosen, encoding="utf-8")
    words = ("data/ingested", "out.csv", "--bundle", "models/registered", "--force")
    shell(folder, sys.executable, "-m", "lockstep", "predict", *words)
    return (folder / "out.csv").read_bytes()


def test_batch_prediction(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = built_copy(tmp_path_factory, "predicted")
    replace(
        folder / "lockstep/prediction/row_files.py", "ROWS = 50_000", "ROWS = 60"
    )  # six partitions
    alone = predictions(folder, "engine=inline")
    assert alone.count(b"\n") > 300
    assert predictions(folder, "engine=processes") == alone
    with running(folder, 2) as result:
        assert predictions(folder, "engine=dask", f"engine.address={result.address}") == alone
