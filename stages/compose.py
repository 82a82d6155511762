"""Compose conf/ into params.yaml, if conf/ changed since params.yaml was composed.

Reads conf/ and params.yaml, writes params.yaml. While the digest in params.yaml is current the file
is left alone, so the overrides of an experiment survive.
"""

from pathlib import Path

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from pipeline.compose import compose, digest, own_words
from pipeline.config import load
from pipeline.stage import run
from pipeline.stage.errors import ConfigError
from pipeline.stage.files import read_text, write_text

CONF, PARAMS = Path("conf"), Path("params.yaml")


def is_current(path: Path) -> bool:
    """Whether params.yaml was composed from conf/ as it stands."""
    from yaml import YAMLError

    if not path.exists():
        return False
    try:
        return bool(OmegaConf.select(OmegaConf.load(path), "conf_digest") == digest())
    except (YAMLError, UnicodeDecodeError, OSError, OmegaConfBaseException):
        return False  # damaged: it is written anew


def main() -> None:
    """Compose when needed, and check the result either way."""
    from hydra.errors import HydraException
    from yaml import YAMLError

    if not is_current(PARAMS):
        for path in sorted(CONF.rglob("*.yaml")):
            read_text(path, "save it as UTF-8")
        try:
            write_text(PARAMS, OmegaConf.to_yaml(compose()))
        except (HydraException, OmegaConfBaseException, YAMLError) as error:
            raise ConfigError(f"conf/: {own_words(error)}") from error
    load(PARAMS)


if __name__ == "__main__":
    run("compose", main)
