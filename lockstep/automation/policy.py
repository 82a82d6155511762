"""The settings of a retraining, conf/retrain/NAME.yaml, typed.

They stand outside params.yaml, on which stages depend: another policy rebuilds nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from lockstep.core.config import merged
from lockstep.core.config_checks import refuse

POLICIES = ("tell", "promote", "pull_request")
FORGES = ("github", "gitlab")


@dataclass
class Retrain:
    """What is done with a model trained on new data."""

    policy: str = "tell"
    push: bool = False
    forge: str = "github"
    remote: str = "origin"
    target: str = "main"
    valid_periods: int = 1
    test_periods: int | None = 1  # None: the split stays as it is


def settings(name: str, overrides: list[str], root: Path) -> Retrain:
    """conf/retrain/NAME.yaml with overrides KEY=VALUE. Raises ConfigError in one line."""
    from omegaconf import OmegaConf

    folder = root / "conf/retrain"
    names = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in names:
        refuse("retrain", name, ", ".join(names))
    given = OmegaConf.load(folder / f"{name}.yaml")
    for one in overrides:
        if "=" not in one:
            refuse("override", one, "KEY=VALUE, a key of conf/retrain/")
    found: Retrain = merged(
        Retrain, OmegaConf.merge(given, OmegaConf.from_dotlist(overrides)), "retrain."
    )
    for key, allowed in (("policy", POLICIES), ("forge", FORGES)):
        if getattr(found, key) not in allowed:
            refuse(f"retrain.{key}", getattr(found, key), ", ".join(allowed))
    for key in ("valid_periods", "test_periods"):
        value = getattr(found, key)
        if value is not None and value < 1:
            refuse(f"retrain.{key}", value, "1 or more")
    return found
