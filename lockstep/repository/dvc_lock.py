"""What dvc.lock says of the dependencies and outputs."""

from typing import Any


def recorded(stages: dict[str, Any], kind: str = "outs") -> dict[str, str]:
    """DVC's hash of every output (or of every dependency: deps) of a dvc.lock's stages, by path."""
    entries = [entry for stage in stages.values() for entry in stage.get(kind, [])]
    return {entry["path"]: entry["md5"] for entry in entries if "md5" in entry}


def outputs(text: str) -> dict[str, str]:
    """DVC's hash of every output in the text of a dvc.lock, by path."""
    from ruamel.yaml import YAML

    return recorded(YAML(typ="safe").load(text)["stages"])
