"""What the split says of its parts is what is in them."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from omegaconf import OmegaConf

from pipeline.compose import compose
from pipeline.stage.files import read_json
from stages import featurize, ingest, preprocess, split, validate_data
from tests.closure import ROOT


@pytest.mark.parametrize("time", ["row_id", "null"])
def test_each_split_has_the_span_of_its_rows(
    time: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "data/raw/penguins", "raw")
    pieces = "dataset.partition_rows=50"  # every split has rows of several
    overrides = [
        "dataset=penguins",
        "split=random",
        "dataset.raw=raw",
        f"dataset.time={time}",
        pieces,
    ]
    Path("params.yaml").write_text(OmegaConf.to_yaml(compose(overrides)), encoding="utf-8")
    for stage in (ingest, validate_data, preprocess, featurize, split):
        stage.main()
    spans = read_json(Path("metrics/split.json"))["span"]
    for name, span in spans.items():
        rows = pd.read_parquet(f"data/splits/{name}")
        ids = rows["row_id"]
        assert span == (None if time == "null" else [str(ids.min()), str(ids.max())]), name
