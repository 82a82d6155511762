"""dvc.yaml misses no dependency: its code deps are exactly what each script imports."""

from pathlib import Path

import pytest
import yaml

from tests.closure import ROOT, code_places, listed_code

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
SEED_ORDER = [
    "compose",
    "ingest",
    "validate_data",
    "preprocess",
    "featurize",
    "split",
    "train",
    "evaluate",
    "validate_model",
    "register",
    "log_metadata",
    "report",
]


def test_the_stages_stand_in_seed_order() -> None:
    assert list(STAGES) == SEED_ORDER


@pytest.mark.parametrize("stage", SEED_ORDER)
def test_code_deps_equal_the_import_closure(stage: str) -> None:
    assert listed_code(STAGES[stage]["deps"]) == code_places(stage)


def test_dvc_keeps_the_runs_of_all_stages_but_two() -> None:
    """DVC keeps no run of a stage with an out outside its cache that is neither metric nor plot."""
    without = [
        name
        for name, stage in STAGES.items()
        if any(isinstance(out, dict) for out in stage.get("outs", []))
    ]
    assert without == ["compose", "log_metadata"]


@pytest.mark.parametrize("stage", SEED_ORDER)
def test_no_param_is_a_leaf_that_a_group_swap_could_drop(stage: str) -> None:
    params = [param for param in STAGES[stage].get("params", []) if isinstance(param, str)]
    assert not any(param.startswith("model.params.") for param in params)
    assert not any(param.split(".")[0] == "engine" for param in params)


def test_every_stage_is_a_script_run_from_the_root() -> None:
    for name, stage in STAGES.items():
        assert stage["cmd"] == f"python -m stages.{name}"
        assert Path(ROOT, "stages", f"{name}.py").exists()
