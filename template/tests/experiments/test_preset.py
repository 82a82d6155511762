"""A preset holds what differs from conf/, and is proved to make conf/ compose to the parameters."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from lockstep.composition.compose import SCHEMA, compose
from lockstep.core.errors import ConfigError
from lockstep.experiments.preset import check_name, make_preset
from template.tests.support.workspace import choose, contents, replace
from tests.closure import ROOT

FLIGHTS = pytest.mark.skipif(
    not (ROOT / "conf/experiment/flights_forest.yaml").exists(), reason="there are no flights here"
)


def params(root: Path, *overrides: str) -> dict[str, Any]:
    """Return what params.yaml would hold with these overrides, the digest aside."""
    config: Any = OmegaConf.to_container(compose(list(overrides), root=root))
    config.pop("conf_digest")
    return dict(config)


def preset_lines(root: Path, params_to_save: dict[str, Any]) -> list[str]:
    """Return the lines of the preset that makes conf/ compose to these parameters, its comments aside."""
    text = make_preset(root, "mine", "shore-gaby", params_to_save).text
    return [line for line in text.splitlines() if not line.startswith("#")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of conf/ to change, whatever model, gate and preset are in force here."""
    copied = shutil.copytree(ROOT / "conf", tmp_path / "conf")
    (tmp_path / SCHEMA).parent.mkdir(parents=True)
    shutil.copy(ROOT / SCHEMA, tmp_path / SCHEMA)
    for group, name in (("model", "catboost"), ("gate", "default"), ("experiment", "null")):
        choose(copied / "config.yaml", group, name)
    return tmp_path


@pytest.mark.parametrize(
    ("overrides", "lines"),
    [
        (["model.params.depth=8"], ["model:", "  params:", "    depth: 8"]),
        (["seed=7"], ["seed: 7"]),
        (["+model.params.l2_leaf_reg=1e-05"], ["model:", "  params:", "    l2_leaf_reg: 1.0e-05"]),
        (["model=random_forest"], ["defaults:", "- override /model: random_forest"]),
        (
            ["model=random_forest", "model.params.max_depth=null"],
            ["defaults:", "- override /model: random_forest", "model:", "  params:", "    max_depth: null"],
        ),
        (["+gate.limits.roc_auc=0.7"], ["gate:", "  limits:", "    roc_auc: 0.7"]),
        (["dataset.slices=[]"], ["dataset:", "  slices: []"]),
        pytest.param(
            ["experiment=flights_forest"],
            ["defaults:", "- override /model: random_forest", "model:", "  class_weights: balanced"],
            marks=FLIGHTS,
        ),
        (["debug=few_trees"], ["model:", "  params:", "    iterations: 10"]),
        (["engine.workers=3"], ["engine:", "  workers: 3"]),
    ],
)  # fmt: skip
def test_it_holds_what_differs_and_no_more(
    root: Path, overrides: list[str], lines: list[str]
) -> None:
    assert preset_lines(root, params(root, *overrides)) == lines


def test_conf_with_it_composes_to_the_parameters_and_root_is_not_touched(root: Path) -> None:
    overrides = ["dataset=penguins", "split=stratified", "model=linear", "model.params.C=0.5"]
    params_to_save, before = params(root, *overrides), contents(root)
    preset = make_preset(root, "mine", "shore\x1b-gaby", params_to_save)
    assert contents(root) == before and not (root / preset.path).exists()
    assert preset.text.splitlines()[:2] == [
        "# @package _global_",
        "# Parameters of the experiment shore\\x1b-gaby: dvc exp run -S experiment=mine",
    ]
    (root / preset.path).write_text(preset.text, encoding="utf-8")
    assert params(root, "experiment=mine") == params_to_save
    (root / "conf/config.yaml").write_text(preset.menu, encoding="utf-8")
    assert params(root) == params_to_save and OmegaConf.to_yaml(compose(root=root)) == preset.params


@pytest.mark.parametrize("value", ["1e-05", "yes", "12:30", "a: b", "x #y"])
def test_texts_keep_their_type_and_keys_with_dots_are_keys(root: Path, value: str) -> None:
    params_to_save = params(root)
    params_to_save["dataset"]["checks"]["columns"]["a.b c"] = {
        "type": "str",
        "allowed": [value, "no"],
    }
    preset = make_preset(root, "mine", "shore-gaby", params_to_save)
    (root / preset.path).write_text(preset.text, encoding="utf-8")
    columns = params(root, "experiment=mine")["dataset"]["checks"]["columns"]
    assert columns["a.b c"]["allowed"] == [value, "no"]


def test_of_two_options_of_a_kind_the_nearest_is_chosen(root: Path) -> None:
    conf = root / "conf"
    shutil.copy(conf / "model/catboost.yaml", conf / "model/deep.yaml")
    replace(conf / "model/deep.yaml", "iterations: 100", "iterations: 900")
    shutil.copy(conf / "gate/default.yaml", conf / "gate/strict.yaml")
    replace(conf / "gate/strict.yaml", "baseline_margin: 0.01 ", "baseline_margin: 0.2 ")
    overrides = ["model.params.iterations=900", "model.params.depth=9", "gate.baseline_margin=0.2"]
    assert preset_lines(root, params(root, *overrides)) == [
        "defaults:", "- override /model: deep", "- override /gate: strict",
        "model:", "  params:", "    depth: 9",
    ]  # fmt: skip


@FLIGHTS
def test_it_takes_the_place_of_the_preset_in_force(root: Path) -> None:
    params_to_save = params(root, "experiment=flights_forest", "seed=7")
    replace(root / "conf/config.yaml", "experiment: null", "experiment: flights_forest")
    lines = preset_lines(root, params_to_save)
    assert lines[1] == "- override /model: random_forest" and "seed: 7" in lines
    assert preset_lines(root, params(root, "~experiment")) == []


def test_a_key_that_it_cannot_set_is_named(root: Path) -> None:
    params_to_save = params(root, "~model.params.max_ctr_complexity")
    with pytest.raises(ConfigError, match=r"^model\.params\.max_ctr_complexity cannot be set by a"):
        make_preset(root, "mine", "shore-gaby", params_to_save)
    params_to_save = params(root, "debug=few_trees", "model.params.iterations=50")
    replace(root / "conf/config.yaml", "debug: null", "debug: few_trees")
    with pytest.raises(ConfigError, match=r"^model\.params\.iterations cannot be set by a preset"):
        make_preset(root, "mine", "shore-gaby", params_to_save)


@pytest.mark.parametrize("name", ["", "null", "On", "7", "a/b", "../a", "a.b", "a b", "-a", "a\n"])
def test_a_name_that_is_no_file_or_no_option_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="the preset's name is"):
        check_name(name)
    check_name("shore-gaby_2")
