"""Lineage changes with what makes the model, and with nothing else; a registered bundle is complete."""

import json
import sys
from pathlib import Path

import pytest

from lockstep.core.config import load_config, result_parameters
from lockstep.core.files import read_json
from lockstep.core.schema import Config, Dataset, Model
from lockstep.registry.lineage import hash_files, model_sources
from lockstep.training import bundle
from template.tests.support.workspace import built_copy, replace, restore, shell
from tests.closure import ROOT


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository on penguins, built once."""
    return built_copy(tmp_path_factory, "lineage")


@pytest.fixture(autouse=True)
def unchanged(root: Path) -> None:
    """Every test starts from the last commit."""
    restore(root)


def test_the_code_is_that_of_the_stages_up_to_train_and_of_the_recipe() -> None:
    config = Config(dataset=Dataset(recipe="penguins"), model=Model(kind="linear"))
    result = model_sources(ROOT, config)
    assert {"recipe.py", "stages/ingest.py", "lockstep/data/quality.py"} <= set(result)
    assert {"lockstep/core/schema.py", "lockstep/models/scikit.py"} <= set(result)
    assert not {
        "stages/evaluate.py",
        "lockstep/registry/gates.py",
        "lockstep/registry/model_card.py",
    } & set(result)


def test_the_hash_tells_names_and_contents_apart_and_not_line_ends() -> None:
    one = hash_files({"a": b"x\n", "b": b"y"})
    assert hash_files({"b": b"y", "a": b"x\r\n"}) == one
    others = [{"a": b"x\n"}, {"a": b"x", "b": b"y"}, {"a": b"y", "b": b"x\n"}, {"ab": b"x\ny"}]
    assert one not in [hash_files(other) for other in others]


def test_the_registered_bundle_is_complete_and_sealed(root: Path) -> None:
    registered, candidate = root / "models/registered", root / "models/candidate"
    hashes = bundle.verify(registered)
    added = {"README.md", "lineage.json", "config.json"}
    origin = read_json(registered / "lineage.json")
    assert origin["bundle"] == bundle.verify(candidate)
    assert set(hashes) == set(origin["bundle"]) | added
    changed = {name for name in hashes if hashes[name] != origin["bundle"].get(name)}
    assert changed == added, "what was evaluated is not what was registered"
    config = load_config(root / "params.yaml")
    assert read_json(registered / "config.json") == json.loads(
        json.dumps(result_parameters(config))
    )
    assert "engine" not in read_json(registered / "config.json")
    schema = bundle.read_dataset(registered, hashes)
    assert schema.checks.columns == config.dataset.checks.columns


def test_log_metadata_says_what_the_bundle_says(root: Path) -> None:
    for own, other in {
        "lineage.json": "metrics/lineage.json",
        "README.md": "reports/model_card.md",
    }.items():
        assert (root / "models/registered" / own).read_bytes() == (root / other).read_bytes()


def test_a_refused_model_has_a_lineage_and_a_card_and_no_bundle(root: Path) -> None:
    replace(root / "conf/gate/default.yaml", "baseline_margin: 0.01", "baseline_margin: 0.9999")
    shell(root, "dvc", "repro")
    left = sorted(path.name for path in (root / "models/registered").iterdir())
    assert left == ["README.md", "lineage.json", "refusal.json"]
    assert read_json(root / "metrics/lineage.json")["verdict"] == "fail"
    card = (root / "reports/model_card.md").read_text(encoding="utf-8")
    assert "Verdict of its gates: **fail**" in card


def test_nothing_names_the_machine_or_the_time_and_a_second_run_is_the_same_bytes(
    root: Path,
) -> None:
    folder = root / "models/registered"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    shell(root, sys.executable, "-m", "stages.register")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    for name, content in before.items():
        assert str(root).encode() not in content, name


CHANGES = {
    "code": ("lockstep/data/quality.py", "WORST = 3", "WORST = 4"),
    "params": ("conf/gate/default.yaml", "max_train_test_gap: 0.15", "max_train_test_gap: 0.16"),
    "raw": ("data/raw/penguins/penguins.csv", "39.1", "39.3"),
    "libraries": ("requirements.lock", "pandas==3", "pandas==4"),
    "bundle": ("conf/model/linear.yaml", "C: 1.0", "C: 0.5"),
}


@pytest.mark.parametrize("part", list(CHANGES))
def test_each_hash_follows_what_it_is_the_hash_of(root: Path, part: str) -> None:
    before = read_json(root / "models/registered/lineage.json")
    name, old, new = CHANGES[part]
    text = (root / name).read_text(encoding="utf-8")
    (root / name).write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
    shell(root, "dvc", "repro", "log_metadata")
    after = read_json(root / "models/registered/lineage.json")
    changed = {key for key in before if before[key] != after[key]}
    consequences = {"raw": {"bundle", "metrics"}, "bundle": {"params", "metrics"}}
    assert part in changed and changed - {part} <= consequences.get(part, set())
