"""A bundle's code runs only if this checkout has it, or somebody trusts it."""

import argparse
import dataclasses
import json
from pathlib import Path

import pytest

from lockstep.core.errors import DataError, LockstepError
from lockstep.core.schema import Dataset
from lockstep.prediction.bundle_choice import add_options, choose_bundle
from lockstep.training import bundle

RECIPE = "def clean(frame):\n    return frame\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sealed bundle of the data set birds in a folder without recipes."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "bundle"
    folder.mkdir()
    dataset = dataclasses.asdict(Dataset(name="birds", recipe="birds", task="binary", target="y"))
    (folder / bundle.CONFIG).write_text(json.dumps({"dataset": dataset}), encoding="utf-8")
    (folder / "recipe.py").write_text(RECIPE, encoding="utf-8")
    bundle.seal(folder)
    return folder


def options(*arguments: str) -> argparse.Namespace:
    """Return the options of a command line."""
    parser = argparse.ArgumentParser()
    add_options(parser)
    return parser.parse_args(arguments)


def test_code_that_this_checkout_has_is_known_whatever_its_line_ends(folder: Path) -> None:
    with pytest.raises(LockstepError, match=r"recipe\.py is code, and it would run"):
        choose_bundle(options("--bundle", "bundle"))
    assert choose_bundle(options("--bundle", "bundle", "--trust-recipe")) == Path("bundle")
    Path("recipes").mkdir()
    Path("recipes/birds.py").write_bytes(RECIPE.encode())
    assert choose_bundle(options("--bundle", "bundle")) == Path("bundle")
    (folder / "recipe.py").write_bytes(RECIPE.replace("\n", "\r\n").encode())
    bundle.seal(folder)
    assert choose_bundle(options("--bundle", "bundle")) == Path("bundle")


def test_a_folder_without_a_recipe_is_no_bundle(folder: Path) -> None:
    (folder / "recipe.py").unlink()
    bundle.seal(folder)
    with pytest.raises(DataError, match="is not a whole bundle"):
        choose_bundle(options("--bundle", "bundle", "--trust-recipe"))


def test_only_one_model_can_be_chosen() -> None:
    with pytest.raises(SystemExit):
        options("--champion", "--version", "v1.0.0")


def test_the_code_of_an_owners_kind_is_code_too(folder: Path) -> None:
    Path("recipes").mkdir()
    Path("recipes/birds.py").write_bytes(RECIPE.encode())
    (folder / "signature.json").write_text(json.dumps({"kind": "own"}), encoding="utf-8")
    (folder / "model_kind.py").write_text("X = 1\n", encoding="utf-8")
    (folder / "model_kind__base.py").write_text("Y = 1\n", encoding="utf-8")
    bundle.seal(folder)
    words = r"bundle/model_kind\.py, model_kind__base\.py, recipe\.py are code, and it would run"
    with pytest.raises(LockstepError, match=words):
        choose_bundle(options("--bundle", "bundle"))
    Path("components/models").mkdir(parents=True)
    Path("components/models/own.py").write_bytes(b"X = 1\r\n")
    Path("components/models/_base.py").write_bytes(b"Y = 1\n")
    assert choose_bundle(options("--bundle", "bundle")) == Path("bundle")
    (folder / "other.py").write_text("Z = 1\n", encoding="utf-8")
    bundle.seal(folder)
    with pytest.raises(LockstepError, match=r"other\.py"):
        choose_bundle(options("--bundle", "bundle"))
