"""params.yaml becomes typed dataclasses, or one line that names the key."""

import dataclasses
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from lockstep.core.config import (
    load_config,
    merge_onto,
    result_parameters,
)
from lockstep.core.errors import ConfigError
from lockstep.core.schema import Config, Split
from tests.closure import ROOT


def test_the_committed_parameters_are_typed() -> None:
    config = load_config(ROOT / "params.yaml")
    assert isinstance(config, Config) and isinstance(config.split, Split)
    assert all(dataclasses.is_dataclass(c) for c in config.dataset.checks.columns.values())
    assert set(result_parameters(config)) == {"dataset", "split", "model", "gate", "seed"}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("seed", "soon", "seed: "),
        ("split.knd", "random", "split.knd: "),
        ("dataset.checks.columns.carrier", "str", "dataset.checks.columns.carrier is 'str'"),
        ("dataset.checks.columns.carrier.tpye", "str", "dataset.checks.columns.carrier.tpye: "),
    ],
)
def test_a_value_of_another_type_and_an_unknown_key_are_named(
    tmp_path: Path, key: str, value: str, message: str
) -> None:
    composed = OmegaConf.load(ROOT / "params.yaml")
    OmegaConf.update(composed, key, value, merge=False, force_add=True)
    OmegaConf.save(composed, tmp_path / "params.yaml")
    with pytest.raises(ConfigError) as error:
        load_config(tmp_path / "params.yaml")
    assert str(error.value).startswith(message) and "\n" not in str(error.value)


def test_a_file_that_is_absent_is_named_with_what_writes_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"params\.yaml is not there; run `dvc repro compose`"):
        load_config(tmp_path / "params.yaml")


def test_values_replace_defaults_and_a_prefix_leads_the_key() -> None:
    assert merge_onto(Split, {"kind": "random"}).kind == "random"
    with pytest.raises(ConfigError, match=r"^split\.knd: "):
        merge_onto(Split, {"knd": "random"}, "split.")


@pytest.mark.parametrize("value", ["${oc.env:SECRET}", "a${seed}", "\\${x}"])
def test_parameters_that_would_be_filled_in_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SECRET", "hunter2")
    text = (ROOT / "params.yaml").read_text(encoding="utf-8")
    params = tmp_path / "params.yaml"
    params.write_text(text.replace("recipe: flights", f"recipe: '{value}'", 1))
    with pytest.raises(ConfigError, match=r"dataset\.recipe is .*without"):
        load_config(params)
