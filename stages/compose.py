"""Compose conf/ into params.yaml, if conf/ changed since params.yaml was composed.

Reads conf/ and params.yaml, writes params.yaml. While the digest in params.yaml is current the file
is left alone, so the overrides of an experiment survive.
"""

from pathlib import Path

from omegaconf import OmegaConf

from pipeline.compose import compose, digest
from pipeline.config import load
from pipeline.errors import ConfigError, run
from pipeline.partitions import write_text

PARAMS = Path("params.yaml")


def is_current(path: Path) -> bool:
    """Whether params.yaml was composed from conf/ as it stands."""
    return path.exists() and bool(OmegaConf.select(OmegaConf.load(path), "conf_digest") == digest())


def main() -> None:
    """Compose when needed, and check the result either way."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    if not is_current(PARAMS):
        try:
            write_text(PARAMS, OmegaConf.to_yaml(compose()))
        except (HydraException, OmegaConfBaseException) as error:
            raise ConfigError(str(error.__cause__ or error)) from error
    load(PARAMS)


if __name__ == "__main__":
    run("compose", main)
