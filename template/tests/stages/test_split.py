"""What the split says of its parts is what is in them."""

import shutil
from pathlib import Path

import pandas as pd
import pytest
from omegaconf import OmegaConf

from lockstep.composition.compose import compose
from lockstep.core.files import read_json
from lockstep.data.split_summary import PartitionSummary, target_rates
from stages import featurize, ingest, preprocess, split, validate_data
from tests.closure import ROOT


@pytest.mark.parametrize("time", ["row_id", "null"])
def test_each_split_has_the_span_of_its_rows(
    time: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "data/raw/penguins", "data/raw/penguins")
    pieces = "dataset.partition_rows=50"  # every split has rows of several
    overrides = [
        "dataset=penguins",
        "split=random",
        "dataset.raw=data/raw/penguins",
        f"dataset.time={time}",
        pieces,
    ]
    Path("params.yaml").write_text(OmegaConf.to_yaml(compose(overrides, ROOT)), encoding="utf-8")
    for stage in (ingest, validate_data, preprocess, featurize, split):
        stage.main()
    spans = read_json(Path("metrics/split.json"))["span"]
    for name, span in spans.items():
        rows = pd.read_parquet(f"data/splits/{name}")
        ids = rows["row_id"]
        assert span == (None if time == "null" else [str(ids.min()), str(ids.max())]), name


@pytest.mark.parametrize("classes", [("no", "yes"), (False, True), (1, 2), ("0", "1")])
def test_the_rate_of_a_binary_target_is_that_of_its_last_class_whatever_its_type(
    classes: tuple[object, object],
) -> None:
    counts = {"train": (3, 1), "valid": (2, 2), "test": (1, 0)}  # test has none of the last class
    part = {
        name: pd.Series([classes[0]] * few + [classes[1]] * many).astype(str).value_counts()
        for name, (few, many) in counts.items()
    }
    sizes = {name: few + many for name, (few, many) in counts.items()}
    summary = PartitionSummary(part, {})
    assert target_rates([summary], sizes, "binary") == {
        "train": 0.25,
        "valid": 0.5,
        "test": 0.0,
    }
