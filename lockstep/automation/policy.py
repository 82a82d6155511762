"""The settings of a retraining, conf/retrain/NAME.yaml, typed.

They stand outside params.yaml, on which stages depend: another policy rebuilds nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from lockstep.core.config import merge_onto
from lockstep.core.config_checks import refuse

POLICIES = ("tell", "promote", "pull_request")
FORGES = ("github", "gitlab")


@dataclass
class Retrain:
    """Settings of a retraining: what to do with a model trained on new data."""

    policy: str = "tell"
    push: bool = False
    forge: str = "github"
    remote: str = "origin"
    target: str = "main"
    valid_periods: int = 1
    test_periods: int | None = 1  # None: the split stays as it is


def load_settings(name: str, overrides: list[str], root: Path) -> Retrain:
    """Load conf/retrain/NAME.yaml, with overrides KEY=VALUE.

    Parameters
    ----------
    name : str
        Name of the file, without .yaml.
    overrides : list of str
        KEY=VALUE, a key of the file.
    root : Path
        The project's root.

    Raises
    ------
    ConfigError
        For an unknown name, key or value, in one line.
    """
    from omegaconf import OmegaConf

    folder = root / "conf/retrain"
    names = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in names:
        refuse("retrain", name, ", ".join(names))
    file_values = OmegaConf.load(folder / f"{name}.yaml")
    for override in overrides:
        if "=" not in override:
            refuse("override", override, "KEY=VALUE, a key of conf/retrain/")
    values = OmegaConf.merge(file_values, OmegaConf.from_dotlist(overrides))
    settings: Retrain = merge_onto(Retrain, values, "retrain.")
    check_settings(settings)
    return settings


def check_settings(settings: Retrain) -> None:
    """Raise ConfigError for a value that is not allowed."""
    for key, allowed in (("policy", POLICIES), ("forge", FORGES)):
        if getattr(settings, key) not in allowed:
            refuse(f"retrain.{key}", getattr(settings, key), ", ".join(allowed))
    for key in ("valid_periods", "test_periods"):
        value = getattr(settings, key)
        if value is not None and value < 1:
            refuse(f"retrain.{key}", value, "1 or more")
