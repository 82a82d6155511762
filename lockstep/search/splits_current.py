"""Whether data/splits is what the configuration makes, as far as dvc.lock tells."""

from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError
from lockstep.core.schema import Config

UNTIL = ("ingest", "validate_data", "preprocess", "featurize", "split")


def value_at(config: Any, key: str) -> Any:
    """The value at a dotted key of nested mappings; None if it is not there."""
    for part in key.split("."):
        config = config.get(part) if isinstance(config, dict) else None
    return config


def must_be_present(composed: dict[str, Any], config: Config, mend: str, root: Path) -> None:
    """Raise DataError if the partitions are absent, or made with other parameters than composed."""
    from ruamel.yaml import YAML

    folder, lock = root / "data/splits", root / "dvc.lock"
    for name in ("train", "valid"):
        if not list((folder / name).glob("*.parquet")) or not lock.exists():
            raise DataError(f"{folder.name}/{name} of {config.dataset.name} is not there; {mend}")
    stages = YAML(typ="safe").load(lock.read_text(encoding="utf-8"))["stages"]
    for stage in UNTIL:
        for key, made in stages.get(stage, {}).get("params", {}).get("params.yaml", {}).items():
            if made != value_at(composed, key):
                raise DataError(f"data/splits was made with another {key}; {mend}")
