"""Gives Hydra the typed schema and the resolver `conf_digest` in DVC's own process, before it composes.

DVC puts the folder that `hydra.plugins_path` of .dvc/config names (ROOT/lockstep/composition) at the end of
sys.path while it imports this module; the root itself is not there.
"""

import functools
import sys
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

ROOT = Path(sys.path[-1]).resolve().parents[1]
sys.path.insert(0, str(ROOT))
try:
    from lockstep.composition import compose, conf_source
    from lockstep.core.errors import ConfigError
    from lockstep.repository import dvc_internals
finally:
    sys.path.remove(str(ROOT))  # so that nothing in the root shadows a module of DVC's


@functools.cache
def check_sweep() -> None:
    """Compose every combination of a `dvc exp run --queue` before DVC queues the first.

    DVC composes one, queues it, composes the next: a bad value in the last would leave the others queued.
    Raises ConfigError that names the combination and what is wrong with it.
    """
    if "--queue" not in sys.argv:
        return
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    for overrides in dvc_internals.queued_overrides(sys.argv[1:]):
        try:
            compose.compose(overrides, ROOT)
        except (HydraException, OmegaConfBaseException) as error:
            message = f"{' '.join(overrides)}: {compose.error_message(error)}; nothing was queued"
            raise ConfigError(message) from error


def conf_digest(*, _root_: DictConfig) -> str:
    """Check the whole sweep once, then this configuration; return the digest of conf/."""
    check_sweep()
    return compose.conf_digest(ROOT, _root_)


conf_source.check_conf(ROOT)
compose.register(ROOT)
OmegaConf.register_new_resolver("conf_digest", conf_digest, replace=True)
