"""Composition of conf/ by Hydra, and the digest that tells whether params.yaml still follows it."""

import hashlib
import re
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from lockstep.composition.conf_source import check_conf, conf_files
from lockstep.composition.hydra_config import (
    DIGEST,
    check_interpolations,
    compose_unresolved,
    register_schema,
)
from lockstep.core.components import project_at
from lockstep.core.config import parse_config
from lockstep.core.errors import ConfigError
from lockstep.core.own_metrics import check_metrics
from lockstep.core.own_plots import check_plots
from lockstep.core.schema import Config
from lockstep.models.kinds import check_model

SCHEMA = Path("lockstep/core/schema.py")

# What Hydra and OmegaConf wrap around the one thing to know.
FRAMES = re.compile(
    r"In 'config': (?=Could)|In 'config': .*composing config:|\w+Error raised while [a-z ]+:"
    r"|Config search path.*|provider=.*|(reference|object)_type=.*|full_key:.*"
)


def error_message(error: Exception) -> str:
    """What Hydra or YAML says, without its frames: the key or file, what is wrong there."""
    text = str(error.__cause__ or error)
    key = re.search(r"full_key: (\S+)", text)
    where = f"{key[1]}: " if key and key[1] != "conf_digest" else ""
    quotes = "; put the name in quotes" if "is incompatible with (str)" in text else ""
    return where + " ".join(FRAMES.sub("", text).split()) + quotes


def digest(root: Path = Path()) -> str:
    """Return a hash of what params.yaml is composed from: conf/, and the source of the schema."""
    files = [*conf_files(root), root / SCHEMA]
    sums = hashlib.sha256()
    for path in files:
        sums.update(path.relative_to(root).as_posix().encode())
        sums.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return sums.hexdigest()[:16]


def parse_and_check(composed: Any) -> Config:
    """Return the typed configuration, checked whole: by its types, its ranges and its model's kind.

    Raises ConfigError that names the key and what is allowed.
    """
    config = parse_config(composed)
    check_components(config)
    return config


def check_components(config: Config) -> None:
    """Raise ConfigError for a model kind, metric or plot, Lockstep's or the owner's, that is not allowed."""
    check_model(config)
    check_metrics(config)
    check_plots(config)


def refuse_missing(values: Any, key: str) -> None:
    """Raise ConfigError for the first value that is ???, Hydra's mark of one that must be given."""
    if values == "???":
        raise ConfigError(f"{key} is ???, which means that it must be given; give it")
    if isinstance(values, dict):
        for name, value in values.items():
            refuse_missing(value, f"{key}.{name}" if key else str(name))


def conf_digest(root: Path, composed: DictConfig) -> str:
    """Check the whole configuration while it is composed, then return the digest of conf/.

    DVC resolves it before it writes params.yaml, so a refusal stops `dvc exp run -S` with nothing written.
    """
    refuse_missing(OmegaConf.to_container(composed), "")
    check_interpolations(composed)
    groups = [str(key) for key in composed if key != DIGEST]
    with project_at(root):  # DVC composes in its own process, perhaps started in a subfolder
        parse_and_check(OmegaConf.to_container(OmegaConf.masked_copy(composed, groups)))
    return digest(root)


def register(root: Path) -> None:
    """Give Hydra the typed schema, and OmegaConf the resolver `conf_digest` of the project at root alone."""
    register_schema()
    OmegaConf.register_new_resolver(
        "conf_digest", lambda *, _root_: conf_digest(root, _root_), replace=True
    )


def require_dataset(root: Path) -> None:
    """Raise ConfigError in a project that has no data set yet."""
    if not any((root / "conf/dataset").glob("*.yaml")):
        raise ConfigError(
            "conf/dataset/ has no data set yet; "
            '`make dataset ARGS="NAME TABLE --target COLUMN --default"` makes one of your table'
        )


def compose(overrides: list[str] | None = None, root: Path = Path()) -> Any:
    """Compose conf/ as DVC does; the same schema and the same resolver are in force.

    Raises ConfigError where there is no data set, or a value is not allowed.
    """
    require_dataset(root)
    check_conf(root)
    register(root)
    config, _ = compose_unresolved(root / "conf", overrides=overrides)
    OmegaConf.resolve(config)
    return config
