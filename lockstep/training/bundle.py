"""A bundle: a folder with a model that executes nothing on loading, its signature, schema and recipe.

It is sealed: sha256.json holds the hash of every other file, and nothing is read before all agree.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from lockstep.core.components import NAME
from lockstep.core.errors import DataError
from lockstep.core.files import read_json, write_json
from lockstep.core.owner_code import owner_errors
from lockstep.core.safe_paths import relative_path
from lockstep.core.schema import Column, Dataset
from lockstep.models.base import ModelKind
from lockstep.models.builtin import KINDS
from lockstep.models.file_checks import brief
from lockstep.models.own_kind import PACKAGE, PREFIX, kind_of_module
from lockstep.training.bundled_code import import_bundled, installed
from lockstep.training.target import restore_target

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

SEAL = "sha256.json"
CONFIG = "config.json"  # every parameter, the schema of the rows among them
# The data set's fields that training and serving need; the source of its rows is in the lineage.
SERVED = (
    *("name", "recipe", "task", "target", "key", "time", "period", "group"),
    *("numeric", "categorical"),
)


def bundled_kind(folder: Path, name: str, hashes: dict[str, str]) -> "KindCode":
    """Return the kind of a verified bundle's model: Lockstep's own, or by the bundle's copy of the owner's.

    Raises ConfigError where its library is not installed, DataError where the bundle lacks the kind's code.
    """
    code = KindCode(KINDS[name]) if name in KINDS else owner_kind(folder, name, hashes)
    code.kind.require_installed()
    return code


def owner_kind(folder: Path, name: str, hashes: dict[str, str]) -> "KindCode":
    """Return the kind that a verified bundle brings along."""
    if f"{PREFIX}.py" not in hashes or not NAME.fullmatch(name):
        raise DataError(f"{folder}: its kind {name!r} is not Lockstep's, and it has no {PREFIX}.py")

    def read_file(file: str) -> bytes | None:
        return read_sealed(folder, file, hashes) if file in hashes else None

    code = import_bundled(folder, read_file, PACKAGE, PREFIX, name)
    return KindCode(kind_of_module(code.main, name, code.file), code.file, code.modules)


@dataclass(frozen=True)
class KindCode:
    """A kind of model; of the owner's kind in a bundle also its file and modules there."""

    kind: ModelKind
    file: Path | None = None
    modules: dict[str, ModuleType] = field(default_factory=dict)

    @contextmanager
    def running(self, function: str) -> Iterator[ModelKind]:
        """Yield the kind, with its modules in place; an error in the owner's code names its line."""
        if self.file is None:
            yield self.kind
            return
        with installed(self.modules), owner_errors(self.file, function):
            yield self.kind


@dataclass(frozen=True)
class Bundle:
    """A loaded bundle."""

    signature: dict[str, Any]
    baseline: list[float]
    model: Any
    code: KindCode | None = None  # of the model's kind; None: Lockstep's kind of this name

    @property
    def kind(self) -> ModelKind:
        """The model's kind."""
        return self.kind_code.kind

    @property
    def kind_code(self) -> KindCode:
        """The model's kind, with its code."""
        return self.code or KindCode(KINDS[self.signature["kind"]])

    def features(self, frame: "pd.DataFrame") -> "pd.DataFrame":
        """Return the feature columns in the order of the training."""
        return frame[self.signature["numeric"] + self.signature["categorical"]]

    def predict(self, frame: "pd.DataFrame") -> "np.ndarray":
        """Return P(positive), shape (n,); class probabilities, shape (n, k); or values, shape (n,)."""
        with self.kind_code.running("predict") as kind:
            predictions = kind.predict(self.model, self.features(frame), self.signature["task"])
        return restore_target(predictions, self.signature.get("target_transform"))


def file_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file in a folder but its seal, by path from the folder, sorted."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {  # a linked folder has no hash of its own and is in no seal
        name: hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for name, path in sorted(files.items())
        if name != SEAL and (path.is_symlink() or not path.is_dir())
    }


def seal(folder: Path) -> None:
    """Write sha256.json over the files of the folder; after it no file may change."""
    write_json(folder / SEAL, file_hashes(folder))


def digest(folder: Path) -> str:
    """Return the bundle's hash, the SHA-256 of its seal: bundles of the same hash are the same bytes."""
    return hashlib.sha256((folder / SEAL).read_bytes()).hexdigest()


def verify(folder: Path) -> dict[str, str]:
    """Check every file against the seal; return their SHA-256 by name.

    Raises DataError that names the file that is changed, missing or not in the seal, or that says why
    there is no bundle.
    """
    remedy = "bring the bundle back with `dvc checkout --force` or from where it came"
    refusal = folder / "refusal.json"
    if not (folder / SEAL).is_file():
        if refusal.is_file():
            record = read_json(refusal, "reasons", "verdict", remedy=remedy)
            reasons = "; ".join(record["reasons"])
            raise DataError(
                f"{folder} holds no bundle: the verdict was {record['verdict']} ({reasons})"
            )
        raise DataError(f"{folder} is not a bundle: it has no {SEAL}; {remedy}")
    try:
        sealed: dict[str, str] = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        for name in sealed:
            relative_path(name, str(folder / SEAL))
        actual = file_hashes(folder)
        differences = {
            "is missing": sorted(sealed.keys() - actual.keys()),
            "is not in its seal": sorted(actual.keys() - sealed.keys()),
            "is not as it was sealed": sorted(n for n in sealed if actual.get(n) != sealed[n]),
        }
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise DataError(f"{folder / SEAL} is not as it was written ({error}); {remedy}") from error
    for problem, names in differences.items():
        if names:
            raise DataError(f"{folder / names[0]} {problem}; {remedy}")
    return actual


def save(
    folder: Path,
    model: Any,
    signature: dict[str, Any],
    baseline: list[float],
    files: dict[str, bytes],
    kind: ModelKind | None = None,
) -> None:
    """Write and seal a bundle.

    Parameters
    ----------
    folder : Path
        An existing, empty folder.
    model
        The fitted model.
    signature : dict
        Kind, task, target, classes, threshold and features.
    baseline : list of float
        The dummy's prediction.
    files : dict
        Contents of further files by name: recipes, the source of the owner's kind, profile.
    kind : ModelKind, optional
        Of the model; None: Lockstep's kind of the signature's name.
    """
    kind = kind or KINDS[signature["kind"]]
    kind.save(model, folder / kind.file_name)
    write_json(folder / "signature.json", signature)
    write_json(folder / "baseline.json", baseline)
    for file, content in files.items():
        (folder / file).write_bytes(content)
    seal(folder)


def read_sealed(folder: Path, name: str, hashes: dict[str, str]) -> bytes:
    """Read a file of a bundle and check what was read against its hash.

    Parameters
    ----------
    folder : Path
        The bundle.
    name : str
        The file.
    hashes : dict
        What verify returned.

    Raises
    ------
    DataError
        If the file is not as it was sealed.
    """
    content = (folder / name).read_bytes() if name in hashes else b""
    if hashlib.sha256(content).hexdigest() != hashes.get(name):
        raise DataError(f"{folder / name} is missing or not as it was sealed")
    return content


def read_dataset(folder: Path, hashes: dict[str, str]) -> Dataset:
    """Return roles and schema of the columns, from config.json.

    Raises DataError for a candidate: train does not depend on the schema of the rows, registration adds it.
    """
    if CONFIG not in hashes:
        raise DataError(
            f"{folder} has no {CONFIG}: it is a candidate, and the schema of its rows comes with "
            "registration; use models/registered"
        )
    config: dict[str, Any] = json.loads(read_sealed(folder, CONFIG, hashes))["dataset"]
    columns = {name: Column(**values) for name, values in config["checks"]["columns"].items()}
    served = Dataset(**{name: config[name] for name in SERVED})
    served.checks.unique_key, served.checks.columns = config["checks"]["unique_key"], columns
    return served


def load(folder: Path) -> Bundle:
    """Read a bundle whose every file is as it was sealed. Raises DataError as verify does."""
    hashes = verify(folder)
    signature, baseline = (
        json.loads(read_sealed(folder, f"{name}.json", hashes))
        for name in ("signature", "baseline")
    )
    code = bundled_kind(folder, signature["kind"], hashes)
    with code.running("load") as kind:
        model = kind.load(folder / kind.file_name)
    loaded = Bundle(signature, baseline, model, code)
    if code.file is None:
        check_predictions(loaded, folder)
    return loaded


def check_predictions(loaded: Bundle, folder: Path) -> None:
    """Raise DataError where a model of Lockstep's own cannot predict two rows of its signature's columns."""
    import pandas as pd

    signature = loaded.signature
    numbers = {name: [0.0, 1.0] for name in signature["numeric"]}
    frame = pd.DataFrame({**numbers, **{name: ["", "0"] for name in signature["categorical"]}})
    try:
        predictions = loaded.predict(frame)
    except Exception as error:  # of whatever library
        raise DataError(
            f"{folder}: its model cannot predict the columns of its signature ({brief(error)})"
        ) from error
    classes = signature.get("classes") or []
    expected = (2, len(classes)) if signature["task"] == "multiclass" and classes else (2,)
    if predictions.shape[: len(expected)] != expected:
        raise DataError(f"{folder}: its model predicts other outputs than its signature says")
