"""A preset of conf/experiment/ that makes conf/ compose to given parameters, written and proved on a copy."""

import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from lockstep.composition.compose import SCHEMA, compose, error_message
from lockstep.composition.conf_files import (
    ABSENT,
    GLOBAL,
    MENU,
    Keys,
    Values,
    composed,
    differences,
    dotted,
    menu_groups,
    parsed,
    place,
    read_text,
    set_choice,
)
from lockstep.core.errors import ConfigError
from lockstep.core.escaping import terminal_text
from lockstep.core.files import write_text

GROUP = "experiment"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
YAML_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
HEADER = "{top}\n# Parameters of the experiment {source}: dvc exp run -S {group}={name}\n"


@dataclass(frozen=True)
class Preset:
    """The texts that save an experiment's parameters, as proved on a copy of conf/."""

    name: str
    text: str
    menu: str  # conf/config.yaml with the preset in force
    params: str  # params.yaml as the stage compose writes it then

    @property
    def path(self) -> Path:
        """Return where the preset lies, from the root."""
        return preset_path(self.name)


def preset_path(name: str) -> Path:
    """Return where a preset of this name lies, from the root."""
    return Path("conf") / GROUP / f"{name}.yaml"


def check_name(name: str) -> None:
    """Raise ConfigError for a name that cannot be a file's and an option's."""
    if not NAME.fullmatch(name) or name.lower() in YAML_WORDS:
        raise ConfigError(
            f"the preset's name is {name!r}; allowed: letters, digits, - and _, a letter first; give "
            "another with --name"
        )


def preset_text(header: str, choices: dict[str, str], values: Values) -> str:
    """Return a preset: its comment, the options that it chooses, the values that it sets.

    Parameters
    ----------
    header : str
        The preset's comment.
    choices : dict
        Options by group.
    values : Values
        Values by group.

    Returns
    -------
    str
    """
    content: Values = {}
    if choices:
        content["defaults"] = [{f"override /{group}": name} for group, name in choices.items()]
    return header + (
        OmegaConf.to_yaml(OmegaConf.create(content | values)) if content | values else ""
    )


def likely_options(folder: Path, target: Values) -> list[str]:
    """Return the options of a group whose files name no other kind or name than target; all if none does."""
    options, likely = [], []
    for path in folder.rglob("*.yaml"):
        option = path.relative_to(folder).with_suffix("").as_posix()
        options.append(option)
        own = parsed(read_text(path))
        if all(own.get(key, target.get(key)) == target.get(key) for key in ("kind", "name")):
            likely.append(option)
    return likely or options


def nearest_option(conf: Path, group: str, current: str | None, target: Values) -> str | None:
    """Return the option of a group that needs the fewest values set, of the same kind or name if any is.

    Parameters
    ----------
    conf : Path
    group : str
    current : str or None
        The option in force, which is taken where another is no nearer.
    target : dict
        The group's values.

    Returns
    -------
    str or None
    """
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    ranks: list[tuple[bool, int, bool, str]] = []
    for option in sorted(likely_options(conf / group, target)):
        try:
            values = composed(conf, (f"{group}={option}",))[0].get(group, {})
        except (HydraException, OmegaConfBaseException):
            continue  # an option that does not compose did not run
        is_other = any(values.get(key) != target.get(key) for key in ("kind", "name"))
        ranks.append((is_other, len(differences(values, target)), option != current, option))
    return min(ranks)[-1] if ranks else current


def choose_options(conf: Path, path: Path, header: str, target: Values) -> dict[str, str]:
    """Choose the options of the groups that come nearest to the target parameters.

    Parameters
    ----------
    conf : Path
        A copy of conf/, where the preset is in force.
    path : Path
        The preset, which is written with the options.
    header : str
        The preset's comment.
    target : dict

    Returns
    -------
    dict
        Options by group, of those that are not in force without the preset.
    """
    options: dict[str, str] = {}
    for group in menu_groups(read_text(conf / MENU)):
        values, in_force = composed(conf)
        if not isinstance(target.get(group), dict) or not differences(
            values.get(group), target[group]
        ):
            continue
        option = nearest_option(conf, group, in_force.get(group), target[group])
        if option is not None and option != in_force.get(group):
            options[group] = option
            write_text(path, preset_text(header, options, {}))
    return options


def nested(values: dict[Keys, Any]) -> Values:
    """Return values by keys as nested mappings."""
    document: Values = {}
    for keys, value in values.items():
        place(document, keys, value)
    return document


def refuse_keys(keys: list[Keys]) -> None:
    """Raise ConfigError that names the keys that a preset cannot set."""
    raise ConfigError(
        f"{', '.join(map(dotted, keys))} cannot be set by a preset, which takes no key away and does not "
        f"win over what follows it in conf/{MENU}; nothing was changed"
    )


def make_preset(root: Path, name: str, source: str, target: Values) -> Preset:
    """Return the preset that makes conf/ compose to exactly the target parameters.

    Parameters
    ----------
    root : Path
        Nothing is written there.
    name : str
        Of the preset.
    source : str
        Of the experiment, for the preset's comment.
    target : dict

    Returns
    -------
    Preset

    Raises
    ------
    ConfigError
        That names the keys which a preset cannot set.
    """
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    header = HEADER.format(top=GLOBAL, source=terminal_text(source), group=GROUP, name=name)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        conf, path = copy / "conf", copy / preset_path(name)
        shutil.copytree(root / "conf", conf)
        (copy / SCHEMA).parent.mkdir(parents=True)
        shutil.copy(root / SCHEMA, copy / SCHEMA)
        menu = set_choice(read_text(conf / MENU), GROUP, name)
        write_text(conf / MENU, menu)
        write_text(path, header)
        try:
            options = choose_options(conf, path, header, target)
            values = differences(composed(conf)[0], target)
            if ABSENT in values.values():
                refuse_keys([keys for keys, value in values.items() if value is ABSENT])
            text = preset_text(header, options, nested(values))
            write_text(path, text)
            wrong = differences(composed(conf)[0], target)
            if wrong:
                refuse_keys(list(wrong))
            params = OmegaConf.to_yaml(compose(root=copy))
        except (HydraException, OmegaConfBaseException) as error:
            raise ConfigError(f"the preset would not compose: {error_message(error)}") from error
    return Preset(name, text, menu, params)
