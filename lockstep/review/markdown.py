"""Markdown that GitHub and GitLab show alike, in which nothing that was read from a file does anything.

Both platforms look for mentions, references, links and emoji in text alone, never in code, so every such
value is code. (GitHub Flavored Markdown, 4.10 tables and 6.3 code spans; GitLab's filters skip code too.)
"""

import math
import re
from collections.abc import Callable
from typing import Any

from lockstep.core.errors import ConfigError

WIDEST, SENTENCE = 160, 500  # characters of a value, and of a message or reason
MOST = 10**15  # numbers from here on are shown as they stand
FIGURE = re.compile(r"[+-]?\d[\d,.e+-]*( %)?|n/a|absent")
ENTITIES = {"|": "&#124;", "`": "&#96;"}


class Markdown(str):
    """Text that is Markdown already: our own words, or what this module made."""


def code(value: Any, most: int = WIDEST) -> Markdown:
    """Any value as code on one line, cut after so many characters; what cannot be seen is spelled out.

    A pipe would end a table's cell and a backtick the code, so these two stand as entities between pieces of
    code.
    """
    text = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(value))
    if len(text) > most:
        text = text[: most - 1] + "…"
    pieces = [piece for piece in re.split(r"([|`])", text) if piece]
    return Markdown("".join(ENTITIES.get(one, f"`{one}`") for one in pieces) or "(empty)")


def number(value: Any, sign: bool = False) -> Markdown:
    """Five decimals, more where they would show nothing; counts with commas; n/a for what is no number."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return Markdown("n/a")
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= MOST:
        return code(value)
    plus, size = "+" if sign and value else "", abs(value)
    if isinstance(value, int) or value == 0:
        return Markdown(f"{int(value):{plus},d}")
    if size < 1e-6:
        return Markdown(f"{value:{plus}.2e}")
    if size >= 1000:
        return Markdown(f"{value:{plus},.2f}")
    digits = 5 if size >= 1e-3 else 2 - math.floor(math.log10(size))
    return Markdown(f"{value:{plus}.{digits}f}")


def percent(share: Any) -> Markdown:
    """A share as a percentage."""
    known = isinstance(share, int | float) and math.isfinite(share)
    return Markdown(f"{share:.1%}".replace("%", " %") if known else "n/a")


def cell(value: Any) -> str:
    """A value in a table: Markdown as it is, numbers formatted, yes and no, everything else as code."""
    if isinstance(value, Markdown):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number(value) if value is None or isinstance(value, int | float) else code(value)


def table(head: list[str], rows: list[list[Any]]) -> str:
    """A table; the head is our own words. Columns of numbers are aligned right."""
    body = [[cell(value) for value in row] for row in rows]
    figures = [all(FIGURE.fullmatch(one) for one in column) for column in zip(*body, strict=True)]
    rule = ["--:" if right else "---" for right in figures]
    return "\n".join(f"| {' | '.join(line)} |" for line in [head, rule, *body])


def details(summary: str, inner: str) -> str:
    """Something folded; both platforms want the empty lines. The summary is our own words."""
    return f"<details>\n<summary>{summary}</summary>\n\n{inner}\n\n</details>"


def address(given: str, option: str) -> str:
    """A URL or relative path that can stand in a link. Raises ConfigError that names the option."""
    if re.fullmatch(r"https?://[^\s<>()\[\]\"'`\\|]+|[\w.][\w./%-]*", given):
        return given
    raise ConfigError(
        f"{option} is {given!r}; expected an http(s) URL or a relative path without spaces, brackets "
        "and quotes"
    )


def listed(values: list[str], most: int = 12) -> Markdown:
    """Several values in a cell, the first few by name and the others by their number."""
    more = f" and {len(values) - most} more" if len(values) > most else ""
    shown: Callable[[str], str] = code
    return Markdown(", ".join(map(shown, values[:most])) + more) if values else Markdown("none")
