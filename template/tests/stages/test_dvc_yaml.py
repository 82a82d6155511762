"""Our own dvc.yaml: the stages' order, the runs that DVC keeps, and the place of an owner's stages."""

import yaml

from tests.closure import ROOT, imports

TEXT = (ROOT / "dvc.yaml").read_text(encoding="utf-8")
STAGES = yaml.safe_load(TEXT)["stages"]
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


def test_dvc_keeps_the_runs_of_all_stages_but_two() -> None:
    """DVC keeps no run of a stage with an out outside its cache that is neither metric nor plot."""
    without = [
        name
        for name, stage in STAGES.items()
        if any(isinstance(out, dict) for out in stage.get("outs", []))
    ]
    assert without == ["compose", "log_metadata"]


def test_an_owners_stage_goes_last_below_a_comment() -> None:
    assert list(yaml.safe_load(TEXT)) == ["plots", "artifacts", "stages"]
    comment = TEXT.splitlines()[-4:]
    assert all(line.startswith("  #") for line in comment)
    assert "Your own stages, below this line" in "".join(TEXT.splitlines()[-5:])


def test_components_are_loaded_by_those_stages_alone_that_can_use_them() -> None:
    users = {
        folder: [name for name in STAGES if f"components/{folder}" in STAGES[name]["deps"]]
        for folder in ("models", "metrics", "plots")
    }
    assert users == {
        "models": ["compose", "train", "register"],
        "metrics": ["compose", "train", "evaluate", "validate_model", "register", "report"],
        "plots": ["compose", "evaluate"],
    }


def test_nothing_of_ours_imports_a_component_by_a_statement() -> None:
    sources = [*(ROOT / "lockstep").rglob("*.py"), *(ROOT / "stages").glob("*.py")]
    imported = {file for source in sources for file in imports(source)}
    assert not [file for file in imported if file.is_relative_to(ROOT / "components")]
