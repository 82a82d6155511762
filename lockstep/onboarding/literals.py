"""Names and values as YAML and Python spell them, and lists of them in lines of bounded length."""

import json
import re
from typing import Any

WIDTH = 100
BARE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RESERVED = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"}
LATIN = re.compile(r"[\x20-\x7e\u00c0-\u024f]*")  # letters that are taken for no others


def yaml(value: Any) -> str:
    """A name or value in YAML's flow style, in quotes wherever it could be read otherwise."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        digits = repr(value) if abs(value) > 1e15 else f"{value:.12g}"
        bare = "e" in digits and "." not in digits  # YAML 1.1 takes 1e+16 for text
        return digits.replace("e", ".0e") if bare else digits
    if not isinstance(value, str):
        return str(value)
    if BARE.fullmatch(value) and value.lower() not in RESERVED:
        return value
    return json.dumps(value, ensure_ascii=False)


def python(value: Any) -> str:
    """A name or value in Python, as `ruff format` would leave it."""
    if not isinstance(value, str):
        return repr(value)
    found = json.dumps(value, ensure_ascii=False)
    if not LATIN.fullmatch(value):
        found = (
            json.dumps(value) if value.isprintable() and max(value) < "\U00010000" else ascii(value)
        )
    if '"' in value and "'" not in value:
        found = "'" + found[1:-1].replace('\\"', '"') + "'"
    return found


def flow(key: str, values: list[str]) -> str:
    """A key of a YAML list, broken where a line would be too long."""
    lines, line = [], f"{key}: ["
    for number, value in enumerate(values):
        word = yaml(value) + ("," if number < len(values) - 1 else "]")
        if len(line) + len(word) + 1 > WIDTH and line.strip():
            lines.append(line.rstrip())
            line = "  "
        line += word + " "
    lines.append(line.rstrip() if values else line + "]")
    return "\n".join(lines)


def comment(text: str) -> str:
    """A text that can stand in a comment: one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def mapping(name: str, values: dict[Any, Any], kind: str = "", note: str = "") -> str:
    """A Python constant that is a dictionary, an entry on each line."""
    head = f"{name}{f': {kind}' if kind else ''} = {{{f'  # {note}' if note else ''}"
    lines = [f"    {python(key)}: {python(value) if not isinstance(value, list) else listed(value)}," for
             key, value in values.items()]  # fmt: skip
    return "\n".join([head, *lines, "}"])


def listed(values: list[Any]) -> str:
    """A Python list on one line."""
    return f"[{', '.join(python(value) for value in values)}]"
