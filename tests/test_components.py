"""Every file of components/ keeps the contract of a model kind, a metric or a plot (docs/extending.md)."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from lockstep.core import own_metrics, own_plots
from lockstep.core.components import component_names
from lockstep.core.config import load_config
from lockstep.core.schema import TASKS
from lockstep.evaluation.own_plots import make_plot
from lockstep.models import kinds
from lockstep.training.own_metrics import load_metrics, metric_value, predicted
from tests.closure import ROOT

METRICS, MODELS = component_names(own_metrics.FOLDER), component_names(kinds.FOLDER)
N_ROWS = 60


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Components are found from the project's root."""
    monkeypatch.chdir(ROOT)


def predictions(task: str) -> tuple[np.ndarray, np.ndarray]:
    """Return an encoded target and predictions of it, of a few rows."""
    rng = np.random.default_rng(1)
    if task == "regression":
        values = rng.normal(10, 2, N_ROWS)
        return values, values + rng.normal(0, 1, N_ROWS)
    n_classes = 2 if task == "binary" else 3
    y_true = np.arange(N_ROWS) % n_classes
    weights = rng.random((N_ROWS, n_classes)) + np.eye(n_classes)[y_true]
    y_prob = weights / weights.sum(axis=1, keepdims=True)
    return y_true, y_prob[:, 1] if task == "binary" else y_prob


def settings_of(group: str, name: str) -> Any:
    """Return a component's settings in params.yaml, else in a file of conf/dataset/, else none."""
    datasets = [
        yaml.safe_load(path.read_text("utf-8")) for path in Path("conf/dataset").glob("*.yaml")
    ]
    if Path("params.yaml").exists():
        datasets.insert(0, yaml.safe_load(Path("params.yaml").read_text("utf-8"))["dataset"])
    for dataset in datasets:
        if name in (dataset.get(group) or {}):
            return dataset[group][name]
    return {}


def value(
    name: str, task: str, y_true: np.ndarray, y_prob: np.ndarray, weights: np.ndarray
) -> float:
    """Return a metric's value at the threshold 0.5."""
    [metric] = load_metrics({name: settings_of("metrics", name)})
    return metric_value(metric, y_true, y_prob, predicted(task, y_prob, 0.5), weights)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_is_one_number_and_a_weight_of_two_is_a_row_twice(name: str) -> None:
    tasks = own_metrics.metric_contract(name).constants["TASKS"]
    for task in tasks:
        y_true, y_prob = predictions(task)
        once, doubled = np.ones(N_ROWS), np.ones(N_ROWS)
        doubled[: N_ROWS // 2] = 2
        rows = np.repeat(np.arange(N_ROWS), doubled.astype(int))
        assert math.isfinite(value(name, task, y_true, y_prob, once))
        weighted = value(name, task, y_true, y_prob, doubled)
        repeated = value(name, task, y_true[rows], y_prob[rows], np.ones(len(rows)))
        assert weighted == pytest.approx(repeated, rel=1e-9)


@pytest.mark.parametrize("name", MODELS)
def test_a_model_kind_has_the_files_name_and_typed_parameters(name: str) -> None:
    assert kinds.model_kind(name).name == name
    assert f"{name}.yaml" in [path.name for path in Path("conf/model").glob("*.yaml")]


@pytest.mark.parametrize("name", component_names(own_plots.FOLDER))
def test_a_plot_is_records_or_a_vega_lite_specification(name: str) -> None:
    task = load_config().dataset.task if Path("params.yaml").exists() else TASKS[0]
    y_true, y_prob = predictions(task)
    assert make_plot(name, settings_of("plots", name), task, y_true, y_prob, 0.5)
