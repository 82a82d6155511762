"""Composition of conf/ by Hydra, and the digest that tells whether params.yaml still follows it."""

import hashlib
import re
from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from pipeline.config import typed

ROOT = Path(__file__).parent.parent
# What Hydra and OmegaConf wrap around the one thing to know.
FRAMES = re.compile(
    r"In 'config': (?=Could)|In 'config': .*composing config:|\w+Error raised while [a-z ]+:"
    r"|Config search path.*|provider=.*|(reference|object)_type=.*|full_key:.*"
)


def own_words(error: Exception) -> str:
    """What Hydra or YAML says, without its frames: the key or file, what is wrong there."""
    text = str(error.__cause__ or error)
    key = re.search(r"full_key: (\S+)", text)
    where = f"{key[1]}: " if key and key[1] != "conf_digest" else ""
    quotes = "; put the name in quotes" if "is incompatible with (str)" in text else ""
    return where + " ".join(FRAMES.sub("", text).split()) + quotes


def digest(root: Path = ROOT) -> str:
    """Hash of every file in conf/ and of the source of schema and composition, line ends aside."""
    found = sorted((root / "conf").rglob("*.yaml"))
    found += [*sorted((root / "pipeline/config").glob("*.py")), root / "pipeline/compose.py"]
    sums = hashlib.sha256()
    for path in found:
        sums.update(path.relative_to(root).as_posix().encode())
        sums.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return sums.hexdigest()[:16]


def conf_digest(*, _root_: DictConfig) -> str:
    """Resolver: check the whole configuration while it is composed, then return the digest of conf/.

    DVC resolves it before it writes params.yaml, so a refusal stops `dvc exp run -S` with nothing written.
    """
    groups = [str(key) for key in _root_ if key != "conf_digest"]
    typed(OmegaConf.to_container(OmegaConf.masked_copy(_root_, groups)))
    return digest()


def compose(overrides: list[str] | None = None, root: Path = ROOT) -> Any:
    """Compose conf/ as DVC does; the same schema and the same resolver are in force."""
    import hydra
    from hydra.core.config_store import ConfigStore

    from pipeline.config.schema import Config

    ConfigStore.instance().store(name="schema", node=Config)
    OmegaConf.register_new_resolver("conf_digest", conf_digest, replace=True)
    with hydra.initialize_config_dir(str(root / "conf"), version_base=None):
        config = hydra.compose("config", overrides=overrides or [])
    OmegaConf.resolve(config)
    return config
