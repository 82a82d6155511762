"""A stage reads no parameter that dvc.yaml does not list for it, and dvc.yaml lists none in vain."""

import json
import sys
from pathlib import Path

import pytest
import yaml

from stages.compose import COMPOSED as COMPOSED_DIR
from stages.compose import ROLES
from template.tests.support.workspace import copy, shell
from tests.closure import ROOT

STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
TEMPORAL = [
    "split=temporal",
    "split.train_until='2007'",
    "split.valid_until='2008'",
    "dataset.period=year",
    "dataset.time=year",
    "model=catboost",
    "model.params.iterations=5",
    "model.train_rows=100",
]
# Runs one stage and prints the parameters it read, those of the check in load() aside.
TRACE = """
import importlib, json, sys
import lockstep.core.config
from lockstep.core import schema

seen, on = set(), False
PREFIXES = {
    schema.Config: "", schema.Dataset: "dataset.", schema.Checks: "dataset.checks.",
    schema.Card: "dataset.card.",
    schema.Column: "dataset.checks.columns.", schema.Split: "split.", schema.Model: "model.",
    schema.Gate: "gate.", schema.Drift: "gate.drift.", schema.Engine: "engine.",
}
GROUPS = {"dataset", "split", "model", "gate", "engine", "dataset.checks", "dataset.card",
    "dataset.checks.columns",
    "gate.drift"}

def watch(kind, prefix):
    def get(self, name):
        if on and not name.startswith("_") and prefix + name not in GROUPS:
            seen.add(prefix + name)
        return object.__getattribute__(self, name)
    kind.__getattribute__ = get

for kind, prefix in PREFIXES.items():
    watch(kind, prefix)
real = lockstep.core.config.load_config

def load():
    global on
    on, config = False, real()
    on = True
    return config

lockstep.core.config.load_config = load
importlib.import_module("stages." + sys.argv[1]).main()
print("\\n" + json.dumps(sorted(seen)))
"""

# Points to what was registered, as promotion does, so that there is a champion to judge against.
CROWN = """
import shutil
from pathlib import Path
from lockstep.registry import versions
from lockstep.training import bundle

digest = bundle.digest(Path("models/registered"))
shutil.copytree("models/registered", versions.BUNDLES / digest)
hashes = {"commit": "1" * 40, "bundle": "2" * 32 + ".dir", "digest": digest}
entry = {"version": "v1.0.0", "dataset": "penguins", **hashes}
versions.POINTER.write_text(versions.text(entry), encoding="utf-8")
"""


# Files of data/composed/ that stages list as dependencies, and the parameters that each holds.
COMPOSED = {
    "column_types": ["dataset.checks.columns.type"],
    "checks": ["dataset.checks"],
    "roles": [f"dataset.{role}" for role in ROLES],
    "gate": ["gate"],
    "parameters": ["dataset", "split", "model", "gate", "seed"],
}


def declared(stage: str) -> list[str]:
    """The parameters that dvc.yaml lists for a stage, by name or as a file of data/composed/."""
    names = [name for name in STAGES[stage].get("params", []) if isinstance(name, str)]
    files = [Path(dep) for dep in STAGES[stage]["deps"] if dep.startswith("data/composed/")]
    return names + [name for file in files for name in COMPOSED[file.stem]]


def covered(leaf: str, declared: list[str]) -> bool:
    """Whether a parameter or a group above it is listed."""
    return any(leaf == name or leaf.startswith(name + ".") for name in declared)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """Per stage, the parameters read on penguins: stratified and linear, then temporal and CatBoost."""
    root = copy(tmp_path_factory.mktemp("params"))
    found: dict[str, set[str]] = {name: set() for name in STAGES}
    (root / "trace.py").write_text(TRACE, encoding="utf-8")
    shell(root, sys.executable, "-m", "stages.compose")
    for overrides in ([], TEMPORAL):
        if overrides:
            code = (
                "import sys; from omegaconf import OmegaConf\n"
                "from lockstep.composition.compose import compose\n"
                "OmegaConf.save(compose(sys.argv[1:]), 'params.yaml')"
            )
            shell(root, sys.executable, "-c", code, *overrides)
        for name in list(STAGES)[1:]:
            if overrides and name == "validate_model":  # the second time, against a champion
                shell(root, sys.executable, "-c", CROWN)
            output = shell(root, sys.executable, "trace.py", name)
            found[name] |= set(json.loads(output.splitlines()[-1]))
    return found


@pytest.mark.parametrize("stage", list(STAGES)[1:])
def test_every_parameter_that_a_stage_reads_is_listed(
    read: dict[str, set[str]], stage: str
) -> None:
    engine = {leaf for leaf in read[stage] if leaf.startswith("engine.")}  # changes no result
    assert sorted(leaf for leaf in read[stage] - engine if not covered(leaf, declared(stage))) == []


@pytest.mark.parametrize("stage", list(STAGES)[1:])
def test_every_parameter_that_is_listed_is_read(read: dict[str, set[str]], stage: str) -> None:
    roles = [f"dataset.{role}" for role in ROLES]
    assert not [
        name
        for name in declared(stage)
        if name not in roles and not any(covered(r, [name]) for r in read[stage])
    ]
    if f"{COMPOSED_DIR}/roles.json" in STAGES[stage]["deps"]:
        assert any(covered(leaf, roles) for leaf in read[stage])


def test_params_are_tracked_in_every_stage_that_loads_them() -> None:
    for name in list(STAGES)[1:]:
        loads = "lockstep.core.config" in Path(ROOT, "stages", f"{name}.py").read_text(
            encoding="utf-8"
        )
        assert loads == bool(declared(name)), name
