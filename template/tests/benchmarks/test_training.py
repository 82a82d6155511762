"""Training in the stage and by the bare library: the same scores to the last bit, on few flights."""

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from lockstep.composition.compose import compose
from lockstep.core.config import parse_config
from template.benchmarks.peers import functions
from template.benchmarks.training import KINDS, alone, needed, table
from tests.closure import ROOT

FEW = {"catboost": "iterations=8", "random_forest": "n_estimators=5", "linear": "max_iter=50"}
FEW |= {"hist_gradient_boosting": "max_iter=12"}
MONTHS = {"train": "2013-01", "valid": "2013-02", "test": "2013-03"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with few flights in data/splits, on this repository's code."""
    folder = tmp_path_factory.mktemp("training")
    for name in ("template", "lockstep", "recipes", "stages"):
        (folder / name).symlink_to(ROOT / name)
    config = parse_config(compose(["dataset=flights"]))
    columns = {"numeric": config.dataset.numeric, "categorical": config.dataset.categorical}
    parts = functions.parts(ROOT / functions.RAW)
    for side, month in MONTHS.items():
        rows = functions.featurize(functions.prepare(parts[month]).iloc[::8], columns)
        path = folder / "data/splits" / side / f"{month}.parquet"
        path.parent.mkdir(parents=True)
        rows.to_parquet(path, index=False)
    return folder


@pytest.mark.parametrize("kind", KINDS)
def test_the_stage_fits_what_the_bare_library_fits(kind: str, root: Path) -> None:
    composed = compose(["dataset=flights", f"model={kind}", f"model.params.{FEW[kind]}"])
    OmegaConf.save(composed, root / "params.yaml", resolve=True)
    config = needed(parse_config(composed))
    mine, first = alone(root, "ours", config)
    other, second = alone(root, "bare", config)
    assert first == second
    assert min(mine.wall, mine.cpu, other.wall, other.cpu) > 0


def test_the_table_has_ratios_and_says_where_scores_differ() -> None:
    clock = {"train": 10.0, "bare": 8.0, "ratio": 1.25, "stage": 12.0}
    one = {"kind": "linear", "same": False, "wall": clock, "cpu": {**clock, "ratio": 1.0}}
    line = "| linear | 10.0 (10.0) | 8.0 (8.0) | 1.250 (1.000) | 12.0 (12.0) | no |"
    assert table([one]).splitlines()[2] == line
