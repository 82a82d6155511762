"""Hands the typed schema and the resolver `conf_digest` to Hydra; DVC imports this before it composes.

Everything is imported at the top: DVC takes the root off sys.path again once this module is loaded.
"""

from hydra.core.config_store import ConfigStore
from omegaconf import OmegaConf

from pipeline.compose import conf_digest
from pipeline.config.schema import Config

ConfigStore.instance().store(name="schema", node=Config)
OmegaConf.register_new_resolver("conf_digest", conf_digest, replace=True)
