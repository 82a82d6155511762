"""A bundle with an owner's kind loads and predicts by its own copy, from verified bytes alone."""

import json
import sys
from pathlib import Path

import pytest

from lockstep.core.errors import DataError, LockstepError
from lockstep.models.kinds import kind_sources, model_kind
from lockstep.training import bundle
from template.tests.support.extending import example, write_component
from template.tests.support.models import PARAMS, configured, table, trained

NAME = "own_extra_trees"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bundle of the kind of docs/extending.md, which imports a helper; the project has both no longer."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(PARAMS, NAME, {"n_estimators": 5, "max_depth": 3})
    text = example(f"components/models/{NAME}.py").replace(
        "        model.n_jobs = 1",
        "        from components.models._jobs import JOBS\n\n        model.n_jobs = JOBS",
    )
    write_component(tmp_path, "models", NAME, text)
    write_component(tmp_path, "models", "_jobs", "JOBS = 1\n")
    config = configured(NAME, "binary")
    config.model.early_stopping_rounds = 0
    kind = model_kind(NAME)
    fitted = trained(config, "own")
    folder = tmp_path / "bundle"
    folder.mkdir()
    files = {"recipe.py": b"# a recipe\n", **kind_sources(NAME)}
    bundle.save(folder, fitted.model, fitted.signature, fitted.baseline, files, kind)
    for path in (tmp_path / "components/models").glob("*.py"):
        path.unlink()
    return folder


def test_it_predicts_without_the_projects_file_and_leaves_no_module_behind(folder: Path) -> None:
    before = {name: module for name, module in sys.modules.items() if name.startswith("components")}
    loaded = bundle.load(folder)
    probability = loaded.predict(table(20, 3))
    assert probability.shape == (20,) and loaded.kind.packages == ("scikit-learn", "skops", "scipy")
    assert {n: m for n, m in sys.modules.items() if n.startswith("components")} == before


def test_its_helper_is_the_bundles_too(folder: Path) -> None:
    write_component(folder.parent, "models", "_jobs", "JOBS = 1 / 0\n")
    write_component(folder.parent, "models", NAME, "1 / 0\n")
    assert bundle.load(folder).predict(table(5, 3)).shape == (5,)


def test_code_that_is_not_as_it_was_sealed_does_not_run(folder: Path) -> None:
    (folder / "model_kind.py").write_text("raise SystemExit\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"model_kind\.py is not as it was sealed"):
        bundle.load(folder)


def test_a_bundle_without_the_code_of_its_kind_is_refused(folder: Path) -> None:
    (folder / "model_kind.py").unlink()
    bundle.seal(folder)
    with pytest.raises(
        DataError, match=r"its kind 'own_extra_trees' is not Lockstep's, and it has no"
    ):
        bundle.load(folder)


def test_the_code_of_a_kind_of_locksteps_own_never_runs(folder: Path) -> None:
    signature = json.loads((folder / "signature.json").read_text("utf-8"))
    (folder / "signature.json").write_text(
        json.dumps({**signature, "kind": "random_forest"}), encoding="utf-8"
    )
    (folder / "model_kind.py").write_text("raise SystemExit\n", encoding="utf-8")
    bundle.seal(folder)
    with pytest.raises(DataError, match="not a whole model of the kind random_forest"):
        bundle.load(
            folder
        )  # its file is checked as one of random_forest, and the code stays unread


def test_an_error_in_its_code_names_the_bundles_line(folder: Path) -> None:
    (folder / "model_kind.py").write_text("import math\nmath.nothing\n", encoding="utf-8")
    bundle.seal(folder)
    with pytest.raises(
        LockstepError, match=r"AttributeError: .*bundle/model_kind\.py, import\(\), line 2"
    ):
        bundle.load(folder)
