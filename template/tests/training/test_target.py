"""A regression may be fitted on the logarithm of its target; whoever reads predictions sees its own unit."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lockstep.core.config import load_config, parse_config
from lockstep.core.errors import ConfigError, DataError
from lockstep.models.kinds import KINDS
from lockstep.search import objective
from lockstep.training import bundle
from lockstep.training.target import restore_target, transform_target
from template.tests.support.workspace import choose, copy, replace, shell
from template.tests.whole.test_names import STAGES, config

CONF = "conf/dataset/penguins.yaml"


def weighed(folder: Path, model: str, transform: str) -> Path:
    """Penguins, their mass as a target, run through every stage."""
    root = copy(folder, model)
    edits = {
        "task: multiclass": "task: regression",
        "target: species": f"target: body_mass_g\ntarget_transform: {transform}",
        ", body_mass_g]": "]",
        "categorical: [island": "categorical: [species, island",
        "body_mass_g: {type: float, nullable: true": "body_mass_g: {type: float",
    }
    for old, new in edits.items():
        replace(root / CONF, old, new)
    choose(root / "conf/config.yaml", "split", "random")
    shell(root, sys.executable, "-c", STAGES)
    return root


def read(root: Path, name: str) -> dict[str, object]:
    """A JSON object."""
    result: dict[str, object] = json.loads((root / name).read_text(encoding="utf-8"))
    return result


@pytest.fixture(scope="module", params=["catboost", "linear"])
def logged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """Penguins' mass, fitted on its logarithm, and the model's name."""
    return weighed(
        tmp_path_factory.mktemp("logged") / "root", request.param, "log1p"
    ), request.param


def test_the_search_sees_the_metrics_of_the_pipeline(logged: tuple[Path, str]) -> None:
    config = load_config(logged[0] / "params.yaml")
    data = objective.read(config, logged[0] / "data/splits")
    assert data.training.valid_target.max() < 10 < data.valid_target.min(), (
        "fitted on logarithms, scored in grams"
    )
    result = objective.metrics(config, data, objective.trainer(config, data), lambda *step: None)
    assert result == read(logged[0], "metrics/train.json")["valid"]


def test_metrics_predictions_and_drift_are_in_the_target_s_own_unit(
    logged: tuple[Path, str],
) -> None:
    root, model = logged
    test = pd.read_parquet(root / "data/predictions/test.parquet")
    error = test["y"] - test["prediction"]
    assert test["y"].between(2000, 7000).all(), "grams"
    metrics = read(root, "metrics/test.json")["metrics"]
    assert isinstance(metrics, dict)
    assert metrics["rmse"] == pytest.approx(np.sqrt((error**2).mean()))
    assert metrics["r2"] > 0.7
    assert read(root, "models/registered/signature.json")["target_transform"] == "log1p"
    profile = read(root, "models/registered/profile.json")
    assert isinstance(profile["metrics"], dict)
    assert profile["metrics"]["rmse"] == read(root, "metrics/train.json")["valid"]["rmse"]  # type: ignore[index]
    where = ("data/ingested", "out.parquet", "--bundle", "models/registered", "--trust")
    shell(root, sys.executable, "-m", "lockstep", "predict", *where)
    out = pd.read_parquet(root / "out.parquet")
    both = test[["row_id"]].merge(out, on="row_id")
    assert both["prediction"].tolist() == test["prediction"].tolist()
    shell(root, sys.executable, "-m", "lockstep", "drift", where[0], *where[2:])
    card = (root / "reports/model_card.md").read_text(encoding="utf-8")
    assert "Fitted on log1p of the target" in card
    loaded = bundle.load(root / "models/registered")
    frame = pd.read_parquet(root / "data/splits/test")
    inner = KINDS[model].predict(loaded.model, loaded.features(frame), "regression")
    assert inner.max() < 10, "the model itself speaks in logarithms"
    assert np.expm1(inner).tolist() == test["prediction"].tolist()
    loss = pd.read_csv(root / "metrics/live/plots/metrics/valid/loss.tsv", sep="\t")["loss"]
    assert loss.iloc[-1] < 1, "so does its learning curve"


def test_another_transform_trains_another_model_and_none_is_said_in_the_signature(
    tmp_path: Path,
) -> None:
    root = weighed(tmp_path / "root", "linear", "null")
    assert read(root, "models/registered/signature.json")["target_transform"] is None
    assert "Fitted on" not in (root / "reports/model_card.md").read_text(encoding="utf-8")


def test_what_is_transformed_is_restored_and_nothing_becomes_infinite() -> None:
    values = np.array([0.0, 1e-9, 1.0, 12345.678, 1e15])
    there = transform_target(values, "log1p", "pay")
    np.testing.assert_allclose(restore_target(there, "log1p"), values, rtol=1e-12)
    assert np.isfinite(restore_target(np.array([1e9]), "log1p")).all()
    assert transform_target(values, None, "pay") is values
    assert restore_target(values, None) is values


def test_a_target_below_zero_is_refused_by_name() -> None:
    with pytest.raises(DataError, match=r"target pay goes down to -3\.5.*log1p needs.*at least 0"):
        transform_target(np.array([1.0, -3.5]), "log1p", "pay")


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_a_transform_of_classes_is_refused_in_composition(task: str) -> None:
    with pytest.raises(ConfigError, match=f"target_transform is 'log1p'; allowed: null.*{task}"):
        parse_config(config(task=task, target_transform="log1p"))


def test_a_transform_that_does_not_exist_is_refused_in_composition() -> None:
    with pytest.raises(ConfigError, match="target_transform is 'sqrt'; allowed: log1p"):
        parse_config(config(task="regression", target_transform="sqrt"))
