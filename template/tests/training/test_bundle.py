"""A sealed bundle is read as it was written or not at all, and its recipe alone makes its features."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from lockstep.core.errors import DataError
from lockstep.registry import serving
from lockstep.training import bundle
from template.tests.support.workspace import built_copy

Edit = Callable[[Path], object]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository on penguins, built once."""
    return built_copy(tmp_path_factory, "bundle")


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """A copy of the registered bundle, far from the repository."""
    return Path(shutil.copytree(root / "models/registered", tmp_path / "bundle"))


def flip(path: Path) -> None:
    """Change the last bit of a file."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


FILES = [
    *("model.skops", "signature.json", "baseline.json", "config.json", "recipe.py"),
    "profile.json",
]


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_refused_by_name(folder: Path, name: str) -> None:
    flip(folder / name)
    with pytest.raises(DataError, match=rf"{name} is not as it was sealed"):
        bundle.load(folder)
    with pytest.raises(DataError, match=rf"{name} is not as it was sealed"):
        serving.features(folder, pd.DataFrame())


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(DataError, match=rf"{name} is missing"):
        bundle.load(folder)


@pytest.mark.parametrize("name", ["more.py", "__pycache__/recipe.cpython-311.pyc"])
def test_a_file_that_was_not_sealed_is_refused_by_name(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"")
    with pytest.raises(DataError, match=rf"{name} is not in its seal"):
        bundle.load(folder)


SEALS: dict[str, tuple[str, str]] = {
    "cut short": ('{"model', "not as it was written"),
    "a list": ("[]", "not as it was written"),
    "empty": ("{}", "is not in its seal"),
}


@pytest.mark.parametrize("seal", list(SEALS))
def test_a_spoilt_seal_is_refused(folder: Path, seal: str) -> None:
    content, said = SEALS[seal]
    (folder / "sha256.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=said):
        bundle.load(folder)


def test_a_folder_that_is_no_bundle_and_a_refusal_say_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not a bundle"):
        bundle.load(tmp_path)
    refusal = {"verdict": "fail", "reasons": ["log_loss does not hold"]}
    (tmp_path / "refusal.json").write_text(json.dumps(refusal), encoding="utf-8")
    with pytest.raises(DataError, match=r"verdict was fail \(log_loss does not hold\)"):
        bundle.load(tmp_path)


def test_the_hash_of_a_bundle_tells_two_bundles_apart(folder: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    assert bundle.digest(other) == bundle.digest(folder)
    flip(other / "baseline.json")
    bundle.seal(other)
    assert bundle.digest(other) != bundle.digest(folder)


def test_a_bundle_alone_gives_the_features_of_training(root: Path, folder: Path) -> None:
    name = "data/{}/penguins.parquet"
    trained = pd.read_parquet(root / name.format("features"))
    valid = pd.read_parquet(root / name.format("validated"))
    assert_frame_equal(serving.features(folder, valid), trained)
    few = serving.features(folder, valid.drop(columns="species").iloc[[5, 2]])
    assert_frame_equal(few, trained.drop(columns="species").iloc[[5, 2]])


def test_a_bundle_that_was_used_is_still_as_it_was_sealed(folder: Path, root: Path) -> None:
    serving.features(folder, pd.read_parquet(root / "data/validated/penguins.parquet"))
    bundle.verify(folder)
