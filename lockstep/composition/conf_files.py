"""Which file under conf/ gives which value, and how conf/ is changed to compose to given parameters.

A preset (conf/experiment/, conf/debug/) is never put in force: from then on it would win over the options
that conf/config.yaml shows. What it set is written to the files of the groups instead. One that is in force
already is edited like any other file, unless to switch it off changes fewer lines.
"""

import contextlib
import difflib
import re
import tempfile
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from lockstep.composition.yaml_edit import Keys, delete, has, put
from lockstep.core.errors import ConfigError

MENU = "config.yaml"
ABSENT = object()
Values = dict[str, Any]
Choices = dict[str, str | None]
Texts = dict[str, str]  # of the files of conf/, by their path in it


def composed(conf: Path, overrides: tuple[str, ...] = ()) -> tuple[Values, Choices]:
    """What conf/ composes to, unchecked and without its digest, and the option in force in each group."""
    import hydra
    from hydra.core.config_store import ConfigStore

    from lockstep.core.schema import Config

    ConfigStore.instance().store(name="schema", node=Config)
    with hydra.initialize_config_dir(str(conf), version_base=None):
        config = hydra.compose("config", overrides=list(overrides), return_hydra_config=True)
    chosen = dict(config.hydra.runtime.choices)
    groups = [str(key) for key in config if key not in ("hydra", "conf_digest")]
    values: Any = OmegaConf.to_container(OmegaConf.masked_copy(config, groups), resolve=True)
    return values, chosen


def differences(old: Any, new: Any, keys: Keys = ()) -> dict[Keys, Any]:
    """What `new` has otherwise than `old`, by its keys; ABSENT for what it lacks. 1, 1.0 and true differ."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return {} if repr(old) == repr(new) else {keys: new}
    found: dict[Keys, Any] = {(*keys, key): ABSENT for key in old if key not in new}
    for key, value in new.items():
        found |= differences(old.get(key, ABSENT), value, (*keys, key))
    return found


def read(conf: Path) -> Texts:
    """Every file of conf/, line ends as they are."""
    files = sorted(conf.rglob("*.yaml"))
    return {file.relative_to(conf).as_posix(): file.read_bytes().decode("utf-8") for file in files}


def write(conf: Path, texts: Texts) -> None:
    """The texts as files of a copy of conf/."""
    for name, text in texts.items():
        (conf / name).parent.mkdir(parents=True, exist_ok=True)
        (conf / name).write_bytes(text.encode("utf-8"))


def menu(text: str) -> dict[str, Keys]:
    """Where conf/config.yaml's defaults list names the option of each group, in its order; _self_ too."""
    found: dict[str, Keys] = {}
    listed: Any = OmegaConf.to_container(OmegaConf.create(text))
    for number, item in enumerate(listed.get("defaults", [])):
        for key in item if isinstance(item, dict) else [item]:
            found[key.removeprefix("optional ").strip("/")] = ("defaults", number, key)
    return found


def layers(text: str, chosen: Choices, groups: Values) -> list[tuple[str, Keys]]:
    """The files in force, each with the key that its values stand under; a later one wins."""
    found: list[tuple[str, Keys]] = []
    names = menu(text)
    for name in [*names, *([] if "_self_" in names else ["_self_"])]:
        if name == "_self_":
            found.append((MENU, ()))
        elif chosen.get(name):
            found.append((f"{name}/{chosen[name]}.yaml", (name,) if name in groups else ()))
    return found


def nearest(conf: Path, group: str, now: str | None, wanted: Values) -> str | None:
    """The option of a group that needs the fewest changes, of those of the same kind or name if there are."""
    from hydra.errors import HydraException

    folder = conf / group
    options = [
        file.relative_to(folder).with_suffix("").as_posix() for file in folder.rglob("*.yaml")
    ]
    ranks: list[tuple[bool, int, bool, str]] = []
    for option in sorted(options):
        try:
            values = composed(conf, (f"{group}={option}",))[0].get(group, {})
        except (HydraException, OmegaConfBaseException):
            continue  # one that does not compose is not what was run
        other = any(values.get(key) != wanted.get(key) for key in ("kind", "name"))
        ranks.append((other, len(differences(values, wanted)), option != now, option))
    return min(ranks)[-1] if ranks else now


def edited(texts: Texts, files: list[tuple[str, Keys]], keys: Keys, value: Any) -> Texts:
    """One value set in the file that has the last word on it, or taken out of each file that gives it."""
    inside = [(name, keys[len(top) :]) for name, top in files if keys[: len(top)] == top]
    inside = [(name, rest) for name, rest in inside if rest and name in texts]
    giving = [(name, rest) for name, rest in inside if has(texts[name], rest)]
    if value is ABSENT:
        return texts | {name: delete(texts[name], rest) for name, rest in giving}
    home = [one for one in inside if one[1] != keys] or [(MENU, keys)]  # its group's, else the menu
    name, rest = (giving or home[:1])[-1]
    return texts | {name: put(texts[name], rest, value)}


def brought(conf: Path, wanted: Values, presets: bool) -> dict[Keys, Any]:
    """Change a copy of conf/ towards `wanted`, presets left in force or not; what stays different."""
    texts = read(conf)
    values, chosen = composed(conf)
    where = menu(texts[MENU])
    for name in where:
        if not presets and name not in values and chosen.get(name):
            texts[MENU] = put(texts[MENU], where[name], None)
            write(conf, texts)
            values, chosen = composed(conf)
    for group in where:
        if isinstance(wanted.get(group), dict) and differences(values.get(group), wanted[group]):
            option = nearest(conf, group, chosen.get(group), wanted[group])
            if option != chosen.get(group):
                texts[MENU] = put(texts[MENU], where[group], option)
    write(conf, texts)
    values, chosen = composed(conf)
    for keys, value in differences(values, wanted).items():
        with contextlib.suppress(ValueError):  # the proof below names it
            texts = edited(texts, layers(texts[MENU], chosen, values), keys, value)
    write(conf, texts)
    return differences(composed(conf)[0], wanted)


def named(keys: Keys) -> str:
    """The keys as a person writes them, in quotes where they hold a dot or a space."""
    return ".".join(repr(key) if re.search(r"[.\s]", str(key)) else str(key) for key in keys)


def diff(old: Texts, new: Texts) -> list[str]:
    """The lines of a unified diff of two states of conf/."""
    lines: list[str] = []
    for name in sorted(new):
        before, after = (texts.get(name, "").splitlines() for texts in (old, new))
        label = f"conf/{name}"
        lines += difflib.unified_diff(before, after, f"a/{label}", f"b/{label}", lineterm="")
    return lines


def adopted(conf: Path, wanted: Values) -> Texts:
    """The files of conf/ changed in the fewest lines so that they compose to `wanted`; writes nothing there.

    Raises ConfigError that names the keys that cannot be written.
    """
    old = read(conf)
    found: list[Texts] = []
    left: dict[Keys, Any] = {}
    values, chosen = composed(conf)
    in_force = any(chosen.get(name) for name in menu(old[MENU]) if name not in values)
    for presets in (True, False) if in_force else (True,):
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder)
            write(copy, old)
            left = brought(copy, wanted, presets) or left
            found += [] if differences(composed(copy)[0], wanted) else [read(copy)]
    if not found:
        raise ConfigError(
            f"{', '.join(map(named, left))} cannot be written to conf/; nothing was changed"
        )
    return min(found, key=lambda texts: len(diff(old, texts)))
