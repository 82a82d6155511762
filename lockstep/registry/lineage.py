"""Lineage: hashes of a model's inputs and of its files, without times and paths of a machine."""

import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any

from lockstep.core.config import result_parameters
from lockstep.core.files import read_json
from lockstep.core.own_metrics import FOLDER
from lockstep.core.schema import Config
from lockstep.data.recipe import sources
from lockstep.models.kinds import kind_sources, model_kind
from lockstep.training import bundle

LAST_STAGE = "train"  # the last stage whose code makes the model
METRICS = ("data", "split", "train", "test", "gate")


def hash_files(files: dict[str, bytes]) -> str:
    """Return the SHA-256 over names and contents, sorted by name; CRLF counts as LF."""
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
    return [stages[name] for name in names[: names.index(LAST_STAGE) + 1]]


def model_sources(root: Path, config: Config) -> dict[str, bytes]:
    """Return the sources that make the model, by path.

    They are those of the stages up to train, its recipe, and the owner's kind and metrics that it uses.
    """
    deps = {dep for stage in model_stages(root) for dep in stage["deps"]}
    files = {root / dep for dep in deps if dep.endswith(".py")}
    for dep in deps:
        if dep.startswith("lockstep/"):
            files.update((root / dep).rglob("*.py"))
    contents = {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
    for name in config.dataset.metrics:
        path = FOLDER / f"{name}.py"
        contents[path.as_posix()] = (root / path).read_bytes()
    return contents | sources(config.dataset.recipe) | kind_sources(config.model.kind)


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


def gather_facts(candidate: Path) -> dict[str, Any]:
    """Read the facts on the model: metrics by name, plot of calibration, signature, raw files."""
    result = {name: read_json(Path(f"metrics/{name}.json")) for name in METRICS}
    result["calibration"] = read_json(Path("metrics/plots/calibration.json"))
    result["signature"] = read_json(candidate / "signature.json")
    result["raw"] = read_json(Path("data/ingested/manifest.json"), "files")["files"]
    return result


def lineage(config: Config, facts: dict[str, Any], root: Path, candidate: Path) -> dict[str, Any]:
    """Return hashes of raw data, code, parameters and the bundle; libraries, metrics and verdict.

    Parameters
    ----------
    config : Config
        The configuration.
    facts : dict
        What gather_facts returned.
    root : Path
        The project's root.
    candidate : Path
        The bundle.
    """
    params = json.dumps(result_parameters(config), sort_keys=True).encode()
    return {
        "dataset": config.dataset.name,
        "model": config.model.kind,
        "params": hashlib.sha256(params).hexdigest(),
        "code": hash_files(model_sources(root, config)),
        "libraries": libraries(root, config.model.kind),
        "raw": facts["raw"],
        "bundle": bundle.verify(candidate),
        "verdict": facts["gate"]["verdict"],
        "metrics": facts["test"]["metrics"],
    }
