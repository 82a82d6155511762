"""Compose conf/ into params.yaml, if conf/ changed since params.yaml was composed.

Reads conf/, params.yaml and requirements.lock; writes params.yaml, libraries.yaml (the locked versions), and
data/composed/: the parts of the configuration that a stage depends on as a whole. While the digest in
params.yaml is current the file is left alone, so the overrides of an experiment survive.
"""

import re
from pathlib import Path

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from lockstep.composition.compose import check_components, compose, digest, error_message
from lockstep.composition.libraries import LIBRARIES, LOCK, libraries_yaml
from lockstep.core.config import load_config, result_parameters
from lockstep.core.errors import ConfigError
from lockstep.core.files import fresh, read_text, write_json, write_text
from lockstep.core.schema import Config
from lockstep.core.stage import run

PARAMS, COMPOSED = Path("params.yaml"), Path("data/composed")
ROLES = ("key", "target", "time", "period", "group", "numeric", "categorical")


def written_digest(path: Path) -> str | None:
    """Return the digest of the conf/ that params.yaml was composed from; None where it is to be written anew.

    Raises ConfigError where an override gave it a digest that is none.
    """
    from yaml import YAMLError

    try:
        value = OmegaConf.select(OmegaConf.load(path), "conf_digest")
    except (YAMLError, UnicodeDecodeError, OSError, OmegaConfBaseException):
        return None  # absent or damaged
    if value is not None and not re.fullmatch("[0-9a-f]{16}", str(value)):
        raise ConfigError(
            f"conf_digest is {value!r}; it is computed, and no override may give it: "
            f"`git checkout HEAD {path}` brings the earlier parameters back"
        )
    return None if value is None else str(value)


def is_current(path: Path) -> bool:
    """Return whether params.yaml was composed from conf/ as it stands. Raises as written_digest does."""
    return written_digest(path) == digest()


def write_params() -> None:
    """Compose conf/ and write params.yaml. Raises ConfigError in one line where conf/ does not compose."""
    from hydra.errors import HydraException
    from yaml import YAMLError

    try:
        write_text(PARAMS, OmegaConf.to_yaml(compose()))
    except (HydraException, OmegaConfBaseException, YAMLError) as error:
        raise ConfigError(f"conf/: {error_message(error)}") from error


def write_parts(config: Config) -> None:
    """Write the parts of the configuration that dvc.yaml lists as one file each."""
    parameters = result_parameters(config)
    dataset = parameters["dataset"]
    columns = dataset["checks"]["columns"]
    parts = {
        "column_types": {name: column["type"] for name, column in columns.items()},
        "checks": dataset["checks"],
        "roles": {role: dataset[role] for role in ROLES},
        "gate": parameters["gate"],
        "parameters": parameters,
    }
    fresh(COMPOSED)
    for name, part in parts.items():
        write_json(COMPOSED / f"{name}.json", part)


def main() -> None:
    """Compose when needed, and check the result either way."""
    if not is_current(PARAMS):
        write_params()
    config = load_config(PARAMS)
    check_components(config)
    write_text(LIBRARIES, libraries_yaml(read_text(LOCK, f"`git checkout HEAD {LOCK}`")))
    write_parts(config)


if __name__ == "__main__":
    run("compose", main)
