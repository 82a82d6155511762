"""What dvc.lock says of the dependencies and outputs."""

from typing import Any


def recorded(stages: dict[str, Any], kind: str = "outs") -> dict[str, str]:
    """DVC's hash of every output (or of every dependency: deps) of a dvc.lock's stages, by path."""
    entries = [one for stage in stages.values() for one in stage.get(kind, [])]
    return {one["path"]: one["md5"] for one in entries if "md5" in one}


def outputs(text: str) -> dict[str, str]:
    """DVC's hash of every output in the text of a dvc.lock, by path."""
    from ruamel.yaml import YAML

    return recorded(YAML(typ="safe").load(text)["stages"])
