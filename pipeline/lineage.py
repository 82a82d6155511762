"""Lineage: hashes of what a model came from and of what it is. No times and no paths of a machine."""

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from pipeline import bundle
from pipeline.config.schema import Config
from pipeline.recipe import sources
from pipeline.stage.files import read_json, sha256

LAST = "train"  # the last stage whose code makes the model
METRICS = ("data", "split", "train", "test", "gate")


def whole(config: Config) -> dict[str, Any]:
    """Every parameter that can change a result; the engine's cannot."""
    groups = ("dataset", "split", "model", "gate")
    found = {name: dataclasses.asdict(getattr(config, name)) for name in groups}
    return {**found, "seed": config.seed}


def hashed(files: dict[str, bytes]) -> str:
    """SHA-256 over names and contents, sorted by name, line ends aside."""
    found = hashlib.sha256()
    for name, content in sorted(files.items()):
        found.update(f"{name}\0".encode())
        found.update(hashlib.sha256(content.replace(b"\r\n", b"\n")).digest())
    return found.hexdigest()


def code(root: Path, recipe: str) -> dict[str, bytes]:
    """The sources that make the model: of the stages up to train, as dvc.yaml lists them, and its recipe."""
    from ruamel.yaml import YAML

    stages = YAML(typ="safe").load(root / "dvc.yaml")["stages"]
    names = list(stages)
    until = names[: names.index(LAST) + 1]
    deps = {dep for name in until for dep in stages[name]["deps"]}
    folders = [root / dep for dep in deps if dep.startswith("pipeline/") and (root / dep).is_dir()]
    files = [root / dep for dep in deps if dep.endswith(".py")]
    files += [path for folder in folders for path in folder.rglob("*.py")]
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in files}
    return found | sources(recipe)


def gathered(candidate: Path) -> dict[str, Any]:
    """What was written of the model: metrics by name, plot of calibration, signature, raw files."""
    found = {name: read_json(Path(f"metrics/{name}.json")) for name in METRICS}
    found["calibration"] = read_json(Path("metrics/plots/calibration.json"))
    found["signature"] = read_json(candidate / "signature.json")
    found["raw"] = read_json(Path("data/ingested/manifest.json"), "files")["files"]
    return found


def lineage(config: Config, facts: dict[str, Any], root: Path, candidate: Path) -> dict[str, Any]:
    """Hashes of raw data, code, parameters, locked libraries and the bundle; metrics and verdict."""
    params = json.dumps(whole(config), sort_keys=True).encode()
    return {
        "dataset": config.dataset.name,
        "model": config.model.kind,
        "params": hashlib.sha256(params).hexdigest(),
        "code": hashed(code(root, config.dataset.recipe)),
        "lock": sha256(root / "requirements.lock"),
        "raw": facts["raw"],
        "bundle": bundle.verify(candidate),
        "verdict": facts["gate"]["verdict"],
        "metrics": facts["test"]["metrics"],
    }
