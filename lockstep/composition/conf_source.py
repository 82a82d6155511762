"""The files of conf/ before they are composed: what would compose to something else than it says is refused.

Hydra follows lists of defaults and YAML's aliases without a limit, and takes a list of options, an octal
number or a missing value without a word.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lockstep.core.errors import ConfigError
from lockstep.core.files import is_left_by_tools, read_text

MENU = "config.yaml"
MAX_NODES = 100_000  # of one file, with its aliases written out
OCTAL = re.compile(r"[-+]?0[0-9]+")


def conf_files(root: Path) -> list[Path]:
    """Return the files of conf/ that compose reads, sorted; those that editors leave are not among them."""
    files = (path for path in (root / "conf").rglob("*.yaml") if not is_left_by_tools(path))
    return sorted(path for path in files if path.is_file())


def check_conf(root: Path) -> None:
    """Raise ConfigError, naming the file and the key, for the first file of conf/ that is not plain."""
    from yaml import YAMLError

    documents: dict[Path, Any] = {}
    for path in conf_files(root):
        name = path.relative_to(root).as_posix()
        try:
            documents[path] = read_document(name, read_text(path, "save it as UTF-8"))
        except YAMLError as error:
            raise ConfigError(f"{name}: {' '.join(str(error).split())}") from error
    check_menu(documents.get(root / "conf" / MENU))
    for path in documents:
        follow_defaults(path, documents, root / "conf", [])


def read_document(name: str, text: str) -> Any:
    """Return the value of a file's YAML.

    Raises ConfigError for aliases that unfold to a huge value, for a number with a leading zero, which YAML
    reads as octal, and for a value that is `???`.
    """
    import yaml

    loader = yaml.SafeLoader(text)
    node = loader.get_single_node()
    if node is None:
        return None
    if count_nodes(node, {}) > MAX_NODES:
        raise ConfigError(f"{name}: its aliases (*) unfold to more than {MAX_NODES:,} values")
    for keys, scalar in scalars(node, ()):
        key = ".".join(keys)
        if scalar.style is None and OCTAL.fullmatch(scalar.value):
            plain = scalar.value.lstrip("+-").lstrip("0") or "0"
            raise ConfigError(
                f"{name}: {key} is {scalar.value}, which YAML reads as octal; write {plain}, or "
                f"'{scalar.value}' for text"
            )
        if scalar.value == "???":
            raise ConfigError(f"{name}: {key} is ???, which means that it must be given; give it")
    return loader.construct_document(node)


def count_nodes(node: Any, counts: dict[int, int]) -> int:
    """Return how many values a YAML node holds, its aliases written out; endless ones are too many."""
    import yaml

    identity = id(node)
    if identity not in counts:
        counts[identity] = MAX_NODES + 1  # of a node within itself
        inner: list[Any] = []
        if isinstance(node, yaml.SequenceNode):
            inner = node.value
        elif isinstance(node, yaml.MappingNode):
            inner = [part for pair in node.value for part in pair]
        counts[identity] = 1 + sum(count_nodes(part, counts) for part in inner)
    return counts[identity]


def scalars(node: Any, keys: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield the scalars of a YAML node with their keys."""
    import yaml

    if isinstance(node, yaml.ScalarNode):
        yield keys, node
    elif isinstance(node, yaml.SequenceNode):
        for number, part in enumerate(node.value):
            yield from scalars(part, (*keys, str(number)))
    else:
        for key, value in node.value:
            yield from scalars(value, (*keys, str(key.value)))


def check_menu(menu: Any) -> None:
    """Raise ConfigError where conf/config.yaml has no defaults, or several options of a group."""
    if not isinstance(menu, dict) or not isinstance(menu.get("defaults"), list):
        raise ConfigError(
            f"conf/{MENU} has no list `defaults`; `git checkout HEAD conf/{MENU}` brings it back"
        )
    for entry in menu["defaults"]:
        for group, option in entry.items() if isinstance(entry, dict) else ():
            if option is not None and not isinstance(option, str):
                raise ConfigError(f"conf/{MENU}: {group} is {option!r}; allowed: one option's name")


def follow_defaults(path: Path, documents: dict[Path, Any], conf: Path, trail: list[Path]) -> None:
    """Raise ConfigError where a file's list of defaults leads back to the file.

    Parameters
    ----------
    path : Path
        The file.
    documents : dict
        The value of each file of conf/.
    conf : Path
        The folder.
    trail : list of Path
        The files that led here.
    """
    if path in trail:
        circle = [*trail[trail.index(path) :], path]
        names = [step.relative_to(conf.parent).as_posix() for step in circle]
        raise ConfigError(f"{names[0]}: its defaults lead back to it ({', then '.join(names[1:])})")
    document = documents.get(path)
    entries = document.get("defaults") if isinstance(document, dict) else None
    for entry in entries if isinstance(entries, list) else ():
        for included in included_files(entry, path, conf):
            if included in documents:
                follow_defaults(included, documents, conf, [*trail, path])


def included_files(entry: Any, path: Path, conf: Path) -> Iterator[Path]:
    """Yield the files that one entry of a list of defaults includes; an override includes none."""
    if isinstance(entry, str) and entry != "_self_":
        folder = conf if entry.startswith("/") else path.parent
        yield folder / f"{entry.strip('/')}.yaml"
    elif isinstance(entry, dict):
        for group, option in entry.items():
            if isinstance(option, str) and not str(group).startswith("override "):
                name = str(group).split("@")[0].removeprefix("optional ").strip()
                folder = conf if name.startswith("/") else path.parent
                yield folder / name.strip("/") / f"{option}.yaml"
