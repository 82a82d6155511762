"""Champion and challenger are compared on the same rows, by the champion's own recipe where it differs."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lockstep.core.config import result_parameters
from lockstep.core.errors import DataError
from lockstep.core.partitions import write_partition
from lockstep.registry.champion import (
    CANDIDATE,
    PREDICTIONS,
    TEST,
    VALIDATED,
    compare_with_champion,
)
from lockstep.training import bundle
from template.tests.support.models import answer, configured, table, trained

CHAMPION = Path("champion")
RECIPE = "def clean(frame):\n    return frame\n\n\ndef featurize(frame):\n    return frame\n"
CLASSES = ["no", "yes"]


def coin(frame: pd.DataFrame, task: str) -> np.ndarray:
    """A target that no column tells."""
    return np.random.default_rng(3).integers(0, 2, len(frame))


def save_model(folder: Path, recipe: str, is_good: bool = True, target: str = "y") -> bundle.Bundle:
    """Save a bundle whose model learned the target of the tests, or nothing."""
    config = configured("linear", "binary")
    dataset = config.dataset
    dataset.name, dataset.recipe, dataset.key, dataset.target = "own", "own", ["id"], target
    model = trained(config, "", answer if is_good else coin)
    model.signature.update(target=target, classes=CLASSES, threshold=0.5)
    folder.mkdir(parents=True)
    parameters = json.dumps(result_parameters(config)).encode()
    files = {"recipe.py": recipe.encode(), bundle.CONFIG: parameters}
    bundle.save(folder, model.model, model.signature, model.baseline, files)
    return model


@pytest.fixture(autouse=True)
def rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Test rows in two partitions, and a good candidate with its predictions of them."""
    monkeypatch.chdir(tmp_path)
    frame = table(600, 9)
    frame["y"] = np.array(CLASSES)[answer(frame, "binary")]
    frame["id"] = np.arange(600)
    candidate = save_model(CANDIDATE, RECIPE)
    for name, part in (("a", frame[:250]), ("b", frame[250:])):
        write_partition(part, TEST / f"{name}.parquet")
    shuffled = frame.sample(frac=1, random_state=0)  # partitions are others before the split
    write_partition(pd.concat([shuffled, table(50, 1).assign(id=np.arange(900, 950), y="no")]),
          VALIDATED / "all.parquet")  # fmt: skip
    predictions = frame[["id"]].assign(score=candidate.predict(frame))
    write_partition(predictions, PREDICTIONS / "test.parquet")
    return frame


def test_a_model_is_not_told_apart_from_itself() -> None:
    save_model(CHAMPION, RECIPE)
    differences = compare_with_champion(CHAMPION, ["id"], seed=1)
    assert differences["log_loss"]["difference"] == 0
    assert {record["verdict"] for record in differences.values()} == {"not distinguishable"}


def test_a_challenger_that_learned_more_is_better_and_its_recipe_does_not_matter() -> None:
    save_model(CHAMPION, RECIPE, is_good=False)
    same_recipe = compare_with_champion(CHAMPION, ["id"], seed=1)
    assert same_recipe["log_loss"]["verdict"] == same_recipe["roc_auc"]["verdict"] == "better"
    save_model(Path("other"), RECIPE + "# of last year\n", is_good=False)
    assert compare_with_champion(Path("other"), ["id"], seed=1) == same_recipe


def test_the_champions_own_features_decide_its_predictions() -> None:
    recipe = RECIPE.replace("    return frame\n\n\n", "    return frame.assign(size=0.0)\n\n\n")
    save_model(CHAMPION, recipe)
    differences = compare_with_champion(CHAMPION, ["id"], seed=1)
    assert differences["log_loss"]["old"] > differences["log_loss"]["new"]


def test_what_cannot_be_compared_is_said(rows: pd.DataFrame) -> None:
    save_model(CHAMPION, RECIPE, target="z")
    with pytest.raises(DataError, match="its target is 'z', not 'y'"):
        compare_with_champion(CHAMPION, ["id"], seed=1)
    save_model(Path("twice"), RECIPE + "# other\n")
    write_partition(rows, VALIDATED / "again.parquet")
    with pytest.raises(DataError, match="its recipe does not give each test row once"):
        compare_with_champion(Path("twice"), ["id"], seed=1)
    write_partition(rows[:10], TEST / "c.parquet")
    with pytest.raises(DataError, match="hold other rows; run `dvc repro`"):
        compare_with_champion(Path("twice"), ["id"], seed=1)
