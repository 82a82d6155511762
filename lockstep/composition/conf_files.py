"""conf/: what it composes to, how that differs from other parameters, and single values set in its files.

A file is edited by ruamel.yaml's round trip, so comments and order stay, and then read again: an edit that
would do anything else than asked is refused.
"""

import io
import re
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from lockstep.composition.hydra_config import DIGEST, compose_unresolved
from lockstep.core.config import refuse_interpolations
from lockstep.core.errors import ConfigError
from lockstep.core.files import write_text

MENU = "config.yaml"
ABSENT = object()
GLOBAL = "# @package _global_"  # a file whose values stand at the root, as a preset's do
Keys = tuple[str, ...]
Values = dict[str, Any]
Choices = dict[str, str | None]


def composed(conf: Path, overrides: tuple[str, ...] = ()) -> tuple[Values, Choices]:
    """Return what conf/ composes to, unchecked and without its digest, and each group's option in force."""
    config, choices = compose_unresolved(conf, overrides=list(overrides))
    values: Any = OmegaConf.to_container(config)
    values.pop(DIGEST, None)
    return values, choices


def differences(old: Any, new: Any, keys: Keys = ()) -> dict[Keys, Any]:
    """Return the values of `new` that differ from `old`, by their keys.

    Parameters
    ----------
    old, new : Any
        Nested mappings; a list is one value. 1, 1.0 and true differ.
    keys : tuple of str
        Where both stand.

    Returns
    -------
    dict
        ABSENT for a key that `new` lacks.
    """
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return {} if repr(old) == repr(new) else {keys: new}
    differing: dict[Keys, Any] = {(*keys, key): ABSENT for key in old if key not in new}
    for key, value in new.items():
        differing |= differences(old.get(key, ABSENT), value, (*keys, key))
    return differing


def dotted(keys: Keys) -> str:
    """Return the keys as a person writes them, in quotes where they hold a dot or a space."""
    return ".".join(repr(key) if re.search(r"[.\s]", str(key)) else str(key) for key in keys)


def read_text(path: Path) -> str:
    """Return the text of a file, line ends as they are."""
    return path.read_bytes().decode("utf-8")


def parsed(text: str) -> Any:
    """Return the value of a YAML text as Hydra reads it, interpolations as they are written."""
    return OmegaConf.to_container(OmegaConf.create(text)) if text.strip() else {}


def round_trip(text: str) -> Any:
    """Return ruamel's YAML that writes lists as far indented as the text has them, and null as null."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 10**6
    first_item = re.search(r"^( *)- ", text, re.MULTILINE)
    offset = len(first_item[1]) if first_item else 2
    yaml.indent(mapping=2, sequence=offset + 2, offset=offset)
    yaml.representer.add_representer(
        type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def quoted(value: Any) -> Any:
    """Return the value; a text that Hydra would read as something else is marked to get quotes."""
    from ruamel.yaml.scalarstring import SingleQuotedScalarString
    from yaml import YAMLError

    if not isinstance(value, str):
        return value
    try:
        is_plain = parsed(f"key: {value}") == {"key": value}
    except YAMLError:
        is_plain = False
    return value if is_plain else SingleQuotedScalarString(value)


def set_value(text: str, keys: tuple[str | int, ...], value: Any) -> str:
    """Return a YAML text with another value at the keys; mappings that are absent are added.

    Parameters
    ----------
    text : str
    keys : tuple
        Names in mappings, numbers in lists.
    value : Any

    Returns
    -------
    str
        With the comments of the text, and its line ends.

    Raises
    ------
    ConfigError
        If the value is to be filled in, or the text would not read as it did but for this value.
    """
    from ruamel.yaml.error import YAMLError

    yaml, name = round_trip(text), dotted(tuple(map(str, keys)))
    refuse_interpolations(value, name)
    stream = io.StringIO()
    try:
        document = yaml.load(text) or {}
        place(document, keys, quoted(value))
        yaml.dump(document, stream)
    except (YAMLError, TypeError, KeyError, IndexError) as error:
        raise ConfigError(f"{name} cannot be set: {' '.join(str(error).split())}") from error
    edited = stream.getvalue()
    expected = parsed(text)
    place(expected, keys, value)
    if repr(parsed(edited)) != repr(expected):
        raise ConfigError(f"{name} cannot be set to {value!r}: it would not read back the same")
    return edited.replace("\n", "\r\n") if "\r\n" in text else edited


def place(document: Any, keys: tuple[str | int, ...], value: Any) -> None:
    """Set the value at the keys of nested mappings and lists."""
    for key in keys[:-1]:
        if isinstance(document, dict) and document.get(key) is None:
            document[key] = {}
        document = document[key]
    document[keys[-1]] = value


def menu_groups(text: str) -> dict[str, tuple[str | int, ...]]:
    """Return where conf/config.yaml's defaults list names the option of each group, in order; _self_ too."""
    groups: dict[str, tuple[str | int, ...]] = {}
    for number, item in enumerate(parsed(text).get("defaults", [])):
        for key in item if isinstance(item, dict) else [item]:
            groups[key.removeprefix("optional ").strip("/")] = ("defaults", number, key)
    return groups


def set_choice(text: str, group: str, option: str | None) -> str:
    """Return conf/config.yaml with another option in force. Raises ConfigError without such a group."""
    groups = menu_groups(text)
    if group not in groups:
        raise ConfigError(f"conf/{MENU} has no `{group}:` in its defaults list")
    return set_value(text, groups[group], option)


def files_in_force(conf: Path, keys: Keys) -> list[tuple[Path, Keys]]:
    """Return the files in force that may give a value, each with the value's keys in it; the last wins."""
    values, choices = composed(conf)
    names = list(menu_groups(read_text(conf / MENU)))
    files: list[tuple[Path, Keys]] = []
    for name in names if "_self_" in names else [*names, "_self_"]:
        if name == "_self_":
            files.append((conf / MENU, keys))
        elif choices.get(name) and "@" not in name:
            path = conf / name / f"{choices[name]}.yaml"
            if name == keys[0]:
                files.append((path, keys[1:]))
            elif name not in values or GLOBAL in read_text(path):
                files.append((path, keys))
    return files


def has_value(text: str, keys: Keys) -> bool:
    """Return whether a YAML text gives a value at the keys."""
    value = parsed(text)
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def set_in_force(conf: Path, values: dict[Keys, Any]) -> None:
    """Set values in the files that have the last word on them, else in the files of their groups.

    Raises ConfigError that names the keys if conf/ does not compose to the values then.
    """
    for keys, value in values.items():
        files = files_in_force(conf, keys)
        giving = [(path, rest) for path, rest in files if has_value(read_text(path), rest)]
        own = [(path, rest) for path, rest in files if rest != keys]
        path, rest = (giving or own or [(conf / MENU, keys)])[-1]
        text = read_text(path)
        edited = set_value(text, rest, value)
        if edited != text:
            write_text(path, edited)
    after = composed(conf)[0]
    wrong = [keys for keys, value in values.items() if value_at(after, keys) != value]
    if wrong:
        raise ConfigError(f"{', '.join(map(dotted, wrong))} cannot be set in conf/")


def value_at(values: Values, keys: Keys) -> Any:
    """Return the value at the keys; ABSENT if it is not there."""
    value: Any = values
    for key in keys:
        value = value.get(key, ABSENT) if isinstance(value, dict) else ABSENT
    return value
