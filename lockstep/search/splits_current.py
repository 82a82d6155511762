"""Whether data/splits is what the configuration makes, as far as dvc.lock records."""

from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError
from lockstep.core.schema import Config

STAGES = ("ingest", "validate_data", "preprocess", "featurize", "split")


def value_at(config: Any, key: str) -> Any:
    """Return the value at a dotted key of nested mappings; None if it is absent."""
    for part in key.split("."):
        config = config.get(part) if isinstance(config, dict) else None
    return config


def check_splits(composed: dict[str, Any], config: Config, remedy: str, root: Path) -> None:
    """Raise DataError if the partitions are absent, or made with other parameters.

    Parameters
    ----------
    composed : dict
        The whole configuration, as it is composed.
    config : Config
        The same, typed.
    remedy : str
        What to do, for the message.
    root : Path
    """
    from ruamel.yaml import YAML

    folder, lock = root / "data/splits", root / "dvc.lock"
    for name in ("train", "valid"):
        if not list((folder / name).glob("*.parquet")) or not lock.exists():
            raise DataError(f"{folder.name}/{name} of {config.dataset.name} is not there; {remedy}")
    stages = YAML(typ="safe").load(lock.read_text(encoding="utf-8"))["stages"]
    for stage in STAGES:
        params = stages.get(stage, {}).get("params", {}).get("params.yaml", {})
        for key, value in params.items():
            if value != value_at(composed, key):
                raise DataError(f"data/splits was made with another {key}; {remedy}")
