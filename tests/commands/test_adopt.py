"""adopt writes an experiment's parameters into conf/ and keeps comments, or changes nothing."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from commands.adopt import adopt
from pipeline.compose import ROOT, compose
from pipeline.stage.errors import ConfigError


def params(overrides: list[str]) -> dict[str, Any]:
    """What params.yaml would hold with these overrides, the digest aside."""
    config: Any = OmegaConf.to_container(compose(overrides))
    config.pop("conf_digest")
    return config


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of conf/ to write to."""
    shutil.copytree(ROOT / "conf", tmp_path / "conf")
    return tmp_path


@pytest.mark.parametrize(
    "overrides",
    [
        ["model.params.depth=8"],
        ["seed=7", "gate.baseline_margin=0.2"],
        ["dataset.slices=[]"],
        ["model=random_forest", "model.params.max_depth=8"],
        ["experiment=penguins_linear"],
        ["+model.params.l2_leaf_reg=5"],
    ],
)
def test_conf_composes_to_the_adopted_params(root: Path, overrides: list[str]) -> None:
    adopt(root, params(overrides))
    config: Any = OmegaConf.to_container(compose(root=root))
    config.pop("conf_digest")
    assert config == params(overrides)


def test_comments_stay(root: Path) -> None:
    adopt(root, params(["model.params.depth=8"]))
    before = (ROOT / "conf/model/catboost.yaml").read_text(encoding="utf-8")
    after = (root / "conf/model/catboost.yaml").read_text(encoding="utf-8")
    assert after == before.replace("depth: 6", "depth: 8")


def test_nothing_to_adopt_writes_nothing(root: Path) -> None:
    assert adopt(root, params([])) == []


def test_a_dropped_key_is_named(root: Path) -> None:
    wanted = params([])
    del wanted["model"]["params"]["depth"]
    with pytest.raises(ConfigError, match=r"model\.params\.depth is in conf/"):
        adopt(root, wanted)
