"""Trained again from the same commit, every model kind gives the same bytes: dvc.lock does not change."""

import shutil
from pathlib import Path

import pytest

from lockstep.data.partition_cache import STORE
from lockstep.models.kinds import KINDS
from template.tests.support.workspace import built_copy, restore, shell, started

STAGES = ["train", "evaluate", "validate_model", "register", "log_metadata", "report"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository on penguins, built once."""
    return built_copy(tmp_path_factory, "determinism", model="dummy")


@pytest.fixture(autouse=True)
def unchanged(root: Path) -> None:
    """Every test starts from the last commit."""
    restore(root)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_forced_again_the_lock_stays_the_same(root: Path, kind: str) -> None:
    shell(root, "dvc", "exp", "run", "--quiet", "-S", f"model={kind}")
    before = (root / "dvc.lock").read_bytes()
    # Forced one by one: the data stages do not depend on the model; test_rebuild.py forces them all.
    again = shell(root, "dvc", "repro", "--force", "--single-item", *STAGES)
    assert started(again) == STAGES
    assert (root / "dvc.lock").read_bytes() == before


def hashes(root: Path) -> set[str]:
    """Every hash in dvc.lock but that of params.yaml, which names the engine."""
    lines = (root / "dvc.lock").read_text(encoding="utf-8").splitlines()
    params = {lines[n + 2] for n, line in enumerate(lines) if "path: params.yaml" in line}
    return {line.strip() for line in lines if "md5: " in line} - {p.strip() for p in params}


def test_the_engine_and_the_number_of_workers_do_not_change_a_byte(root: Path) -> None:
    partitions = ["-S", "dataset.partition_rows=50"]  # seven, so that there is work to share
    shell(root, "dvc", "exp", "run", "--quiet", *partitions)
    before = hashes(root)
    pool = ["-S", "engine=processes", "-S", "engine.workers=3"]
    shell(root, "dvc", "exp", "run", "--quiet", *partitions, *pool)
    shutil.rmtree(root / STORE)
    shell(root, "dvc", "repro", "--force", "--quiet")
    assert "kind: processes" in (root / "params.yaml").read_text(encoding="utf-8")
    assert hashes(root) == before
