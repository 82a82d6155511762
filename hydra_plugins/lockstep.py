"""Hands the typed schema and the resolver `conf_digest` to Hydra; DVC imports this before it composes.

Everything of ours is imported at the top: DVC takes the root off sys.path again once this module is loaded.
"""

import functools
import sys

from hydra.core.config_store import ConfigStore
from omegaconf import DictConfig, OmegaConf

from pipeline import compose
from pipeline.config.schema import Config
from pipeline.stage.errors import ConfigError


@functools.cache
def check_sweep() -> None:
    """Compose every combination of a `dvc exp run --queue` before DVC queues the first.

    DVC composes one, queues it, composes the next: a bad value in the last would leave the others queued.
    Raises ConfigError that names the combination and what is wrong with it.
    """
    if "--queue" not in sys.argv:
        return
    from dvc.cli import parse_args
    from dvc.utils.cli_parse import to_path_overrides
    from dvc.utils.hydra import get_hydra_sweeps
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    given = to_path_overrides(parse_args(sys.argv[1:]).set_param or [])
    for combination in get_hydra_sweeps(given):
        overrides = combination.get("params.yaml", [])
        try:
            compose.compose(overrides)
        except (HydraException, OmegaConfBaseException) as error:
            said = f"{' '.join(overrides)}: {compose.own_words(error)}; nothing was queued"
            raise ConfigError(said) from error


def conf_digest(*, _root_: DictConfig) -> str:
    """The resolver, behind the check of the whole sweep."""
    check_sweep()
    return compose.conf_digest(_root_=_root_)


ConfigStore.instance().store(name="schema", node=Config)
OmegaConf.register_new_resolver("conf_digest", conf_digest, replace=True)
