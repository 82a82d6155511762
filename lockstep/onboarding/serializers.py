"""Serializers for the templates: a name or value as YAML, Python or a comment spells it.

Each returns Serialized, the only kind of text that the template environment accepts. A value that its place
cannot hold, such as a text with ${ in YAML or an object in Python, is refused and never written.
"""

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from lockstep.core.config import MARKER
from lockstep.core.errors import DataError
from lockstep.core.schema import MISSING

YAML_WIDTH = 100
BARE_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
YAML_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"}
# Letters that look like no others; Python source escapes the rest.
LATIN = re.compile(r"[\x20-\x7e\u00c0-\u024f]*")


class Serialized(str):
    """Text that a serializer made fit for its place in a generated file."""


def to_yaml(value: Any) -> Serialized:
    """Return a scalar, list or mapping in YAML's flow style, quoted wherever YAML could misread it.

    Raises DataError for a text that OmegaConf would fill in, TypeError for any other kind of value.
    """
    if isinstance(value, list):
        return Serialized(f"[{', '.join(to_yaml(item) for item in value)}]")
    if isinstance(value, Mapping):
        items = (f"{to_yaml(key)}: {to_yaml(item)}" for key, item in value.items())
        return Serialized(f"{{{', '.join(items)}}}")
    if isinstance(value, str):
        bare = BARE_WORD.fullmatch(value) and value.lower() not in YAML_WORDS
        return Serialized(value) if bare else quote_yaml(value)
    if value is None:
        return Serialized("null")
    if isinstance(value, bool):
        return Serialized(str(value).lower())
    if isinstance(value, float):
        digits = repr(value) if abs(value) > 1e15 else f"{value:.12g}"
        reads_as_text = "e" in digits and "." not in digits  # YAML 1.1 takes 1e+16 for text
        return Serialized(digits.replace("e", ".0e") if reads_as_text else digits)
    if isinstance(value, int):
        return Serialized(value)
    raise TypeError(f"{value} is no value that YAML holds")


def quote_yaml(value: str, style: str = '"') -> Serialized:
    """Return a text as YAML's dumper quotes it. Raises DataError for one that OmegaConf would fill in."""
    import yaml

    if MARKER in value or value == MISSING:
        raise DataError(f"{value!r} cannot stand in conf/: OmegaConf would fill it in; change it")
    quoted: str = yaml.safe_dump(value, default_style=style, allow_unicode=True, width=math.inf)
    return Serialized(quoted.rstrip("\n"))


def to_yaml_text(value: str) -> Serialized:
    """Return a text in quotes whatever it is: 2013 and 2013-08 stay text."""
    return quote_yaml(value, "'" if value.isprintable() else '"')


def to_yaml_list(values: list[str], start: int) -> Serialized:
    """Return a list in YAML's flow style, broken where a line would be too long.

    Parameters
    ----------
    values : list of str
        The items.
    start : int
        Position in the line at which the list begins: the length of its key, the colon and the space.
    """
    lines, line = [], " " * start + "["
    for number, value in enumerate(values, 1):
        item = to_yaml(value) + ("," if number < len(values) else "]")
        if len(line) + len(item) + 1 > YAML_WIDTH and line.strip():
            lines.append(line.rstrip())
            line = "  "
        line += item + " "
    lines.append(line.rstrip() if values else line + "]")
    return Serialized("\n".join(lines)[start:])


def to_python(value: Any, thousands: bool = False) -> Serialized:
    """Return a literal as `ruff format` would leave it; thousands parts the digits of an int by _.

    Raises TypeError for a value that no literal spells, whose repr() would be code.
    """
    if isinstance(value, list):
        return Serialized(f"[{', '.join(to_python(item) for item in value)}]")
    if not isinstance(value, str):
        is_finite = type(value) is not float or math.isfinite(value)
        if type(value) not in (bool, int, float, type(None)) or not is_finite:
            raise TypeError(f"{value!r} is no literal of Python")
        return Serialized(f"{value:_}" if thousands else repr(value))
    is_latin = bool(LATIN.fullmatch(value))
    # JSON escapes what is beyond 16 bits in two parts, which Python would not join.
    if not is_latin and not (value.isprintable() and max(value) < "\U00010000"):
        return Serialized(ascii(value))
    literal = json.dumps(value, ensure_ascii=not is_latin)
    if '"' in value and "'" not in value:
        literal = "'" + literal[1:-1].replace('\\"', '"') + "'"
    return Serialized(literal)


def to_comment(text: str) -> Serialized:
    """Return a text that can stand in a comment: one line, without control characters."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return Serialized(" ".join(printable.split()))


def to_docstring(text: str) -> Serialized:
    """Return a text that can stand in a docstring: one line, no quotes that end it, no escapes."""
    return Serialized(to_comment(text).replace("\\", "\\\\").replace('"', "'"))


def to_identifier(name: str) -> Serialized:
    """Return a name that is an identifier as it stands. Raises ValueError for any other text."""
    if not BARE_WORD.fullmatch(name):
        raise ValueError(f"{name!r} is not an identifier")
    return Serialized(name)


def to_thousands(number: int) -> Serialized:
    """Return a count for a person: 1,234."""
    return Serialized(f"{number:,}")


FILTERS = {
    "yaml": to_yaml,
    "yaml_text": to_yaml_text,
    "yaml_list": to_yaml_list,
    "python": to_python,
    "comment": to_comment,
    "docstring": to_docstring,
    "identifier": to_identifier,
    "thousands": to_thousands,
}
