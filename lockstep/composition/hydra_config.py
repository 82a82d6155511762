"""Hydra's composition of conf/, in which nothing but the digest of conf/ is filled in."""

from pathlib import Path
from typing import Any

from omegaconf import DictConfig, OmegaConf

from lockstep.core.config import refuse_interpolations
from lockstep.core.errors import ConfigError
from lockstep.core.schema import Config

DIGEST, DIGEST_VALUE = "conf_digest", "${conf_digest:}"
# Resolvers of OmegaConf's own. What they return (the environment, other values) would land in params.yaml.
OWN_RESOLVERS = (
    "oc.env",
    "oc.decode",
    "oc.create",
    "oc.deprecated",
    "oc.select",
    "oc.dict.keys",
    "oc.dict.values",
)


def clear_resolvers() -> None:
    """Remove OmegaConf's own resolvers from this process, those that read the environment among them."""
    for name in OWN_RESOLVERS:
        OmegaConf.clear_resolver(name)


def register_schema() -> None:
    """Give Hydra the typed schema, and no resolver of OmegaConf's own."""
    from hydra.core.config_store import ConfigStore

    ConfigStore.instance().store(name="schema", node=Config)
    clear_resolvers()


def check_interpolations(composed: DictConfig) -> None:
    """Raise ConfigError for a value of a composed configuration that is to be filled in, but its digest."""
    values: Any = OmegaConf.to_container(composed)
    digest = values.pop(DIGEST, None)
    if isinstance(digest, str) and "${" in digest and digest.strip() != DIGEST_VALUE:
        raise ConfigError(f"{DIGEST} is {digest!r}; allowed: {DIGEST_VALUE}")
    refuse_interpolations(values)


def compose_unresolved(
    conf: Path, name: str = "config", overrides: list[str] | None = None
) -> tuple[DictConfig, dict[str, str | None]]:
    """Compose a file of conf/ with the typed schema; nothing in it is resolved.

    Parameters
    ----------
    conf : Path
        The folder.
    name : str
        Of the file in it, without .yaml.
    overrides : list of str, optional
        As Hydra has them.

    Returns
    -------
    composed : DictConfig
    choices : dict
        The option in force of each group.

    Raises
    ------
    ConfigError
        That names the key of a value that is to be filled in.
    """
    import hydra

    register_schema()
    with hydra.initialize_config_dir(str(conf.resolve()), version_base=None):
        config = hydra.compose(name, overrides=overrides or [], return_hydra_config=True)
    choices = dict(config.hydra.runtime.choices)
    composed = OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
    check_interpolations(composed)
    return composed, choices
