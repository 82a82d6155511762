"""Composition refuses what the pipeline cannot do, naming the key, the value and what is allowed."""

import re

import pytest
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from lockstep.composition.compose import compose, digest
from tests.closure import ROOT

DATASETS = sorted(path.stem for path in (ROOT / "conf/dataset").glob("*.yaml"))
MODELS = sorted(path.stem for path in (ROOT / "conf/model").glob("*.yaml"))
PENGUINS = ["dataset=penguins", "split=stratified"]
TEMPORAL = ["split=temporal", "dataset.time=year", "dataset.period=year"]
SEEN = ["+dataset.checks.columns.seen.type=datetime", "dataset.checks.freshness_column=seen"]


@pytest.mark.parametrize("dataset", DATASETS)
@pytest.mark.parametrize("model", MODELS)
def test_every_model_composes_on_every_dataset(dataset: str, model: str) -> None:
    text = (ROOT / f"conf/dataset/{dataset}.yaml").read_text(encoding="utf-8")
    split = "stratified" if "\ntask: multiclass" in text else "temporal"
    if "\nperiod: null" in text and split == "temporal":
        split = "random"
    config = compose([f"dataset={dataset}", f"model={model}", f"split={split}"])
    assert config.dataset.name == dataset
    written = (ROOT / f"conf/model/{model}.yaml").read_text(encoding="utf-8")
    assert re.search(rf"^kind: {config.model.kind}\b", written, re.MULTILINE)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["split=temporal"], "split.kind is 'temporal'; allowed: random, stratified"),
        (["dataset.task=regression"], "split.kind is 'stratified'"),
        (["+split.kindd=x"], "'kindd' not in 'Split'"),
        (["experiment=nope"], "Could not find 'experiment/nope'"),
        (["seed=a"], "seed=a"),
        (["seed=-1"], "seed is -1; allowed: 0 to"),
        (["split.valid_share=2"], "split.valid_share is 2.0; allowed: 0.01 to 0.9"),
        (
            [*TEMPORAL, "split.valid_until=2013-01"],
            "split.valid_until is '2013-01'; allowed: after",
        ),
        (["model.kind=forest"], "model.kind is 'forest'; allowed: catboost"),
        (["model.class_weights=heavy"], "model.class_weights is 'heavy'; allowed: none, balanced"),
        (["model.train_rows=0"], "model.train_rows is 0; allowed: 1 to"),
        (["dataset.task=ranking"], "dataset.task is 'ranking'; allowed: binary"),
        (["dataset.target=island"], "dataset.target is 'island'"),
        (["model.device=tpu"], "model.device is 'tpu'; allowed: cpu, gpu"),
        (["model=linear", "model.device=gpu"], "model.device is 'gpu'; allowed: cpu"),
        (
            ["model=xgboost", "~model.params.nthread"],
            "model.params.nthread is None; allowed: a whole number from 1",
        ),
        (
            ["model=xgboost", "+model.params.eta=1"],
            "allowed: for xgboost, num_boost_round, learning",
        ),
        (
            ["model=catboost", "engine=dask", "model.workers=2"],
            "model.workers is 2; allowed: 0, because model.kind is catboost",
        ),
        (
            ["model=xgboost", "model.workers=2"],
            "model.workers is 2; allowed: 0, because engine.kind is inline",
        ),
        (
            ["model=xgboost", "engine=dask", "model.workers=2", "model.device=gpu"],
            "model.workers is 2; allowed: 0, because model.device is gpu",
        ),
        (["engine.workers=0"], "engine.workers is 0; allowed: 1 to 1024"),
        (
            ["model.params.depth=-3"],
            "model.params.depth is -3; allowed: a whole number from 1 to 16",
        ),
        (["model.params.depth=3.5"], "model.params.depth is 3.5; allowed: a whole number"),
        (["+model.params.dept=3"], "model.params.dept is 3; allowed: for catboost, iterations"),
        (
            ["~model.params.learning_rate"],
            "model.params.learning_rate is None; allowed: 1e-06 to 1",
        ),
        (["dataset.slices=[colour]"], "dataset.slices is 'colour'; allowed: row_id"),
        (["+gate.limits.auc=1"], "gate.limits is 'auc'; allowed: log_loss, roc_auc"),
        (["gate.drift.psi=-0.1"], "gate.drift.psi is -0.1; allowed: 0 to 100"),
        (["gate.drift.max_share=30"], "gate.drift.max_share is 30.0; allowed: 0 to 1"),
        (["+gate.drift.share=0.3"], "'share' not in 'Drift'"),
        (
            ["dataset.checks.freshness_column=null", "dataset.checks.not_before=2013-12-01"],
            "dataset.checks.freshness_column is None; allowed: a column, because not_before",
        ),
        (["dataset.checks.freshness_column=year"], "allowed: a column of type datetime or str"),
        (
            [*SEEN, "dataset.checks.not_before=newest"],
            "dataset.checks.not_before is 'newest'; allowed: a",
        ),
        (
            [*SEEN, "dataset.checks.not_before=2013-12-01T00:00Z"],
            "allowed: a time without a zone",
        ),
        (
            ["dataset.numeric=[bill_length_mm,bill_length_mm]"],
            "dataset.numeric is 'bill_length_mm'; allowed: each name once",
        ),
        (["dataset.categorical=[island,island]"], "dataset.categorical is 'island'; allowed: each"),
        (
            ["dataset.categorical=[bill_length_mm]"],
            "dataset.categorical is 'bill_length_mm'; allowed: a feature that",
        ),
        (["dataset.key=[row_id,row_id]"], "dataset.key is 'row_id'; allowed: each"),
        (
            ["dataset.key=[species]"],
            "dataset.key is 'species'; allowed: columns other than the target",
        ),
        (["dataset.slices=[island,island]"], "dataset.slices is 'island'; allowed: each name once"),
        (["gate.worst_slice_drop=-0.1"], "gate.worst_slice_drop is -0.1; allowed: 0 to 100"),
        (["gate.max_train_test_gap=nan"], "gate.max_train_test_gap is nan; allowed: 0 to 100"),
        (["gate.limits.calibration_error=nan"], "gate.limits.calibration_error is nan; allowed: 0"),
        (["+gate.limits.roc_auc=70"], "gate.limits.roc_auc is 70.0; allowed: 0 to 1"),
        (["+gate.limits.r2=inf"], "gate.limits.r2 is inf; allowed"),
        (["+gate.baseline_metric.ranking=f1"], "gate.baseline_metric is 'ranking'; allowed: bin"),
        (["gate.baseline_margin=nan"], "gate.baseline_margin is nan; allowed: 0 to 1"),
        (["gate.drift.max_loss=inf"], "gate.drift.max_loss is inf; allowed: 0 to 100"),
        (["dataset.checks.min_rows=-1"], "dataset.checks.min_rows is -1; allowed: 0 to"),
        (
            ["dataset.checks.columns.body_mass_g.min=nan"],
            "body_mass_g.min is nan; allowed: a finite number",
        ),
        (
            ["dataset.checks.columns.body_mass_g.max=inf"],
            "body_mass_g.max is inf; allowed: a finite number",
        ),
        (["dataset.checks.columns.island.allowed=[]"], "island.allowed is []; allowed: at least"),
        (["model=nothing"], "nothing"),
    ],
)
def test_a_bad_override_is_refused_by_name(overrides: list[str], words: str) -> None:
    with pytest.raises((HydraException, OmegaConfBaseException)) as refusal:
        compose([*PENGUINS, *overrides])
    assert words in f"{refusal.value} {refusal.value.__cause__}"


PRESETS = [
    f"{group}={path.stem}"
    for group in ("experiment", "debug")
    for path in sorted((ROOT / "conf" / group).glob("*.yaml"))
]


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_composes_and_states_its_command(preset: str) -> None:
    assert compose([preset]).dataset.name in DATASETS
    text = (ROOT / "conf" / f"{preset.replace('=', '/')}.yaml").read_text(encoding="utf-8")
    assert f"dvc exp run -S {preset}" in text


@pytest.mark.skipif(not (ROOT / "params.yaml").exists(), reason="nothing was composed yet")
def test_on_main_params_yaml_equals_the_composed_conf() -> None:
    assert OmegaConf.load(ROOT / "params.yaml") == compose()
    assert OmegaConf.load(ROOT / "params.yaml").conf_digest == digest()
