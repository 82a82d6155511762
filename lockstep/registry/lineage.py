"""Lineage: hashes of what a model came from and of what it is. No times and no paths of a machine."""

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any

from lockstep.core.config import result_parameters
from lockstep.core.files import read_json
from lockstep.core.schema import Config
from lockstep.data.recipe import sources
from lockstep.models.kinds import model_kind
from lockstep.training import bundle

LAST = "train"  # the last stage whose code makes the model
METRICS = ("data", "split", "train", "test", "gate")


def hashed(files: dict[str, bytes]) -> str:
    """SHA-256 over names and contents, sorted by name, line ends aside."""
    result = hashlib.sha256()
    for name, content in sorted(files.items()):
        result.update(f"{name}\0".encode())
        result.update(hashlib.sha256(content.replace(b"\r\n", b"\n")).digest())
    return result.hexdigest()


def model_stages(root: Path) -> list[dict[str, Any]]:
    """Return dvc.yaml's stages up to train: their code and libraries make the model."""
    from ruamel.yaml import YAML

    stages = YAML(typ="safe").load(root / "dvc.yaml")["stages"]
    names = list(stages)
    return [stages[name] for name in names[: names.index(LAST) + 1]]


def code(root: Path, recipe: str) -> dict[str, bytes]:
    """Return the sources that make the model, by path: of the stages up to train, and its recipe."""
    deps = {dep for stage in model_stages(root) for dep in stage["deps"]}
    files = {root / dep for dep in deps if dep.endswith(".py")}
    for dep in deps:
        if dep.startswith("lockstep/"):
            files.update((root / dep).rglob("*.py"))
    contents = {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
    return contents | sources(recipe)


def libraries(root: Path, kind: str) -> dict[str, str]:
    """Return the versions of the libraries that make the model, by name, and of its kind's own."""
    from importlib.metadata import PackageNotFoundError, version

    from ruamel.yaml import YAML

    locked = YAML(typ="safe").load(root / "libraries.yaml")
    listed = [
        name
        for stage in model_stages(root)
        for param in stage.get("params", [])
        if isinstance(param, dict)
        for name in param["libraries.yaml"]
    ]
    versions = {name: str(locked[name]) for name in listed}
    for package in model_kind(kind).packages:
        with contextlib.suppress(
            PackageNotFoundError
        ):  # XGBoost has two packages, one is installed
            versions[package] = version(package)
    return dict(sorted(versions.items()))


def gathered(candidate: Path) -> dict[str, Any]:
    """What was written of the model: metrics by name, plot of calibration, signature, raw files."""
    result = {name: read_json(Path(f"metrics/{name}.json")) for name in METRICS}
    result["calibration"] = read_json(Path("metrics/plots/calibration.json"))
    result["signature"] = read_json(candidate / "signature.json")
    result["raw"] = read_json(Path("data/ingested/manifest.json"), "files")["files"]
    return result


def lineage(config: Config, facts: dict[str, Any], root: Path, candidate: Path) -> dict[str, Any]:
    """Hashes of raw data, code, parameters, locked libraries and the bundle; metrics and verdict."""
    params = json.dumps(result_parameters(config), sort_keys=True).encode()
    return {
        "dataset": config.dataset.name,
        "model": config.model.kind,
        "params": hashlib.sha256(params).hexdigest(),
        "code": hashed(code(root, config.dataset.recipe)),
        "libraries": libraries(root, config.model.kind),
        "raw": facts["raw"],
        "bundle": bundle.verify(candidate),
        "verdict": facts["gate"]["verdict"],
        "metrics": facts["test"]["metrics"],
    }
