"""A bundle: a folder with a model that executes nothing on loading, its signature and its recipe."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pipeline.models import KINDS
from pipeline.stage.files import write_json

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def library(kind: str) -> tuple[ModuleType, str]:
    """The module that saves, loads and predicts for a kind, and its file's name."""
    if KINDS[kind] == "catboost":
        from pipeline.models import catboost

        return catboost, "model.cbm"
    from pipeline.models import scikit

    return scikit, "model.skops"


@dataclass(frozen=True)
class Bundle:
    """A loaded bundle."""

    signature: dict[str, Any]
    baseline: list[float]
    model: Any

    def features(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """The feature columns in the order of the training."""
        return frame[self.signature["numeric"] + self.signature["categorical"]]

    def predict(self, frame: "pd.DataFrame") -> "np.ndarray":
        """P(positive) (n,), class probabilities (n, k) or values (n,)."""
        found: np.ndarray = library(self.signature["kind"])[0].predict(
            self.model, self.features(frame), self.signature["task"]
        )
        return found


def save(
    folder: Path, model: Any, signature: dict[str, Any], baseline: list[float], recipe: Path
) -> None:
    """Write the bundle's files into an existing folder."""
    module, name = library(signature["kind"])
    module.save(model, folder / name)
    write_json(folder / "signature.json", signature)
    write_json(folder / "baseline.json", baseline)
    shutil.copyfile(recipe, folder / "recipe.py")


def load(folder: Path) -> Bundle:
    """Read a bundle."""
    signature = json.loads((folder / "signature.json").read_text(encoding="utf-8"))
    baseline = json.loads((folder / "baseline.json").read_text(encoding="utf-8"))
    module, name = library(signature["kind"])
    return Bundle(signature, baseline, module.load(folder / name))
