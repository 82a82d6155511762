"""A bundle is used if Git or this checkout's dvc.lock vouches for it, or somebody trusts it."""

import argparse
import dataclasses
import json
import shutil
from pathlib import Path

import pytest

from lockstep.core.errors import DataError, LockstepError
from lockstep.core.schema import Dataset
from lockstep.prediction.bundle_choice import add_options, choose_bundle
from lockstep.registry import versions
from lockstep.training import bundle
from template.tests.support.workspace import shell

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


ELSEWHERE = r"bundle was made elsewhere: .*its code \(recipe\.py\) would run.*give --trust"


def test_a_bundle_from_elsewhere_needs_trust_for_its_model_even_if_its_code_is_known(
    folder: Path,
) -> None:
    Path("recipes").mkdir()
    Path("recipes/birds.py").write_bytes(RECIPE.encode())
    with pytest.raises(LockstepError, match=ELSEWHERE):
        choose_bundle(options("--bundle", "bundle"))
    assert choose_bundle(options("--bundle", "bundle", "--trust")) == Path("bundle")


def lock(name: str) -> None:
    """Make the bundle an output that a real DVC recorded."""
    Path("models").mkdir()
    shutil.copytree("bundle", name)
    shell(Path(), "git", "init", "-q")
    shell(Path(), "dvc", "init", "-q")
    stage = f"stages:\n  make:\n    cmd: 'true'\n    outs: [{name}]\n"
    Path("dvc.yaml").write_text(stage, encoding="utf-8")
    shell(Path(), "dvc", "commit", "-q", "--force")


@pytest.mark.parametrize("name", ["models/candidate", "models/registered"])
def test_this_checkouts_own_bundle_is_its_own_as_dvc_lock_has_it(folder: Path, name: str) -> None:
    lock(name)
    assert choose_bundle(options("--bundle", name)) == Path(name)
    assert choose_bundle(options("--bundle", str(Path(name).resolve()))) == Path(name).resolve()
    with pytest.raises(LockstepError, match=ELSEWHERE):
        choose_bundle(options("--bundle", "bundle"))  # the same bytes in another place
    (Path(name) / "signature.json").write_text("{}", encoding="utf-8")
    bundle.seal(Path(name))
    with pytest.raises(LockstepError, match="was made elsewhere"):
        choose_bundle(options("--bundle", name))


def test_no_other_output_is_its_own(folder: Path) -> None:
    lock("models/other")
    with pytest.raises(LockstepError, match="was made elsewhere"):
        choose_bundle(options("--bundle", "models/other"))


def test_git_vouches_for_the_champion_and_for_versions_wherever_they_lie(folder: Path) -> None:
    hashes = {"commit": "1" * 40, "bundle": "2" * 32 + ".dir", "digest": bundle.digest(folder)}
    shell(Path(), "git", "init", "-q")
    Path("models").mkdir()
    versions.POINTER.write_text(versions.text({"version": "v1.0.0", **hashes}), encoding="utf-8")
    assert choose_bundle(options("--bundle", "bundle")) == Path("bundle")
    shell(Path(), "git", "add", "models")
    shell(Path(), "git", "commit", "-qm", "Promote")
    shell(Path(), "git", "tag", "model@v1.0.0")
    versions.POINTER.write_text(versions.text({"version": None}), encoding="utf-8")
    assert choose_bundle(options("--bundle", "bundle")) == Path("bundle")
    shell(Path(), "git", "tag", "-d", "model@v1.0.0")
    with pytest.raises(LockstepError, match="was made elsewhere"):
        choose_bundle(options("--bundle", "bundle"))


def test_a_bundle_from_elsewhere_holds_no_link_even_if_it_is_trusted(folder: Path) -> None:
    Path("secret").write_text("of this machine", encoding="utf-8")
    (folder / "profile.json").symlink_to(Path("secret").resolve())
    bundle.seal(folder)
    with pytest.raises(DataError, match=r"bundle/profile\.json is a link"):
        choose_bundle(options("--bundle", "bundle", "--trust"))


def test_a_folder_without_a_recipe_is_no_bundle(folder: Path) -> None:
    (folder / "recipe.py").unlink()
    bundle.seal(folder)
    with pytest.raises(DataError, match="is not a whole bundle"):
        choose_bundle(options("--bundle", "bundle", "--trust"))


def test_only_one_model_can_be_chosen() -> None:
    with pytest.raises(SystemExit):
        options("--champion", "--version", "v1.0.0")


def test_the_code_of_an_owners_kind_is_named_too(folder: Path) -> None:
    (folder / "model_kind.py").write_text("X = 1\n", encoding="utf-8")
    (folder / "model_kind__base.py").write_text("Y = 1\n", encoding="utf-8")
    bundle.seal(folder)
    with pytest.raises(
        LockstepError, match=r"\(model_kind\.py, model_kind__base\.py, recipe\.py\)"
    ):
        choose_bundle(options("--bundle", "bundle"))
