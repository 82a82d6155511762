"""dvc.yaml misses no dependency: the code deps of every stage are exactly what its script can run."""

from pathlib import Path

import pytest
import yaml

from tests.closure import ROOT, code_places, listed_code

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]


@pytest.mark.parametrize("stage", STAGES)
def test_code_deps_equal_what_the_script_can_run(stage: str) -> None:
    assert listed_code(STAGES[stage].get("deps", [])) == code_places(stage)


@pytest.mark.parametrize("stage", STAGES)
def test_no_param_is_a_leaf_that_a_group_swap_could_drop(stage: str) -> None:
    params = [param for param in STAGES[stage].get("params", []) if isinstance(param, str)]
    assert not any(param.startswith("model.params.") for param in params)
    assert not any(param.split(".")[0] == "engine" for param in params)


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_a_script_run_from_the_root(stage: str) -> None:
    assert STAGES[stage]["cmd"] == f"python -m stages.{stage}"
    assert Path(ROOT, "stages", f"{stage}.py").exists()
