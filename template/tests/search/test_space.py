"""The search space: what contradicts itself or the model's parameters is refused by its key."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from lockstep.composition.compose import compose
from lockstep.core.config import parse_config
from lockstep.core.errors import ConfigError
from lockstep.core.schema import Config
from lockstep.models.kinds import KINDS, fit
from lockstep.search import space
from template.tests.support.rows import rows
from tests.closure import ROOT


def configured(kind: str = "catboost") -> Config:
    """Return the configuration of a kind of model."""
    # Penguins, whatever a project chooses: its task decides which metrics there are.
    return parse_config(compose(["dataset=penguins", "split=stratified", f"model={kind}"]))


def read(tmp_path: Path, kind: str = "catboost", **content: Any) -> Any:
    """Return the settings of one file."""
    (tmp_path / "conf/search").mkdir(parents=True)
    (tmp_path / f"conf/search/{kind}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return space.load_settings(configured(kind), kind, [], tmp_path)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "dummy"])
def test_every_kind_has_a_space_whose_first_trial_is_the_configuration(kind: str) -> None:
    config = configured(kind)
    search = space.load_settings(config, "default", [], ROOT)
    start = space.first_params(config, search.space)
    assert set(start) == set(search.space)
    applied = space.apply_params(config, start).model.params
    assert {name: applied[name] for name in config.model.params} == config.model.params


def test_the_first_trial_of_a_real_number_is_real_as_scikit_learn_asks() -> None:
    config = configured("hist_gradient_boosting")
    start = space.first_params(config, space.load_settings(config, "default", [], ROOT).space)
    assert isinstance(start["max_features"], float) and isinstance(start["max_iter"], int)
    rng = np.random.default_rng(0)
    dataset = config.dataset
    frame = pd.DataFrame({name: rng.normal(size=60) for name in dataset.numeric})
    frame = frame.assign(**{name: "a" for name in dataset.categorical})
    both = rows(frame, rng.integers(0, 3, 60))
    fit(space.apply_params(config, start), both, both, "", lambda *_: None)


@pytest.mark.parametrize(
    ("space", "message"),
    [
        ({"dept": {"low": 1, "high": 2}}, r"search\.space\.dept is .*for catboost, iterations"),
        ({"depth": {"low": 8, "high": 4}}, r"search\.space\.depth\.low is 8.0; .*at most its high"),
        ({"depth": {"low": 4, "high": 40}}, r"search\.space\.depth\.high is 40.0; .* 1 to 16"),
        ({"depth": {"low": 4.5, "high": 8}}, r"depth\.low is 4.5; allowed: a whole number"),
        ({"rsm": {"low": 0.1, "high": 1, "log": True, "step": 0.1}}, r"rsm\.step"),
        ({"l2_leaf_reg": {"low": 0, "high": 1, "log": True}}, r"low is 0.0; .*log is true"),
        ({"bootstrap_type": {"choices": ["No", "Maybe"]}}, r"choices is 'Maybe'; .*Bayesian"),
        ({"bootstrap_type": {"low": 0, "high": 1}}, r"bootstrap_type\.choices"),
        ({"depth": {"choices": [4], "low": 1}}, r"choices, or low and high"),
        ({"depth": {"low": 4}}, r"both, or choices"),
        ({"depth": {"low": 4, "hihg": 8}}, r"search\.space\.depth\.hihg"),
    ],
)
def test_a_space_that_cannot_be_is_refused(tmp_path: Path, space: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read(tmp_path, space=space)


def test_a_metric_that_the_task_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"search\.metric is 'rmse'; allowed: log_loss"):
        read(tmp_path, metric="rmse", space={"depth": {"low": 4, "high": 8}})


def test_a_grid_needs_an_end(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"rsm\.step .* because the sampler is grid"):
        read(tmp_path, sampler="grid", space={"rsm": {"low": 0.1, "high": 1}})


def test_the_direction_is_the_metrics_own(tmp_path: Path) -> None:
    search = read(tmp_path, metric="accuracy", space={"depth": {"low": 4, "high": 8}})
    assert search.direction == "maximize"
