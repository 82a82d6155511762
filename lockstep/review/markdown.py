"""Parts of a report in Markdown that GitHub and GitLab show alike: numbers, lists, folds, links.

Text from outside stands as code, in which neither platform looks for mentions, references or links.
"""

import re
from typing import Any

from lockstep.core.errors import ConfigError
from lockstep.core.escaping import Markdown, markdown_code
from lockstep.core.formatting import Figure, number

DECIMALS = 5  # of a metric: small differences are what a reviewer looks for
MAX_VALUES = 12  # of a list in a cell
LINK = re.compile(r"https?://[^\s<>()\[\]\"'`\\|]+|[\w.][\w./%-]*")


def metric_value(value: Any, *, sign: bool = False) -> Figure | Markdown:
    """Return a number as the report shows it, and as code what a file has in a number's place."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return number(value, DECIMALS, sign=sign)
    return markdown_code(value)


def details(summary: str, content: str) -> str:
    """Return folded Markdown; both platforms want the empty lines. The summary is our own words."""
    return f"<details>\n<summary>{summary}</summary>\n\n{content}\n\n</details>"


def check_link(link: str, option: str) -> str:
    """Return a URL or relative path that can stand in a link. Raises ConfigError that names the option."""
    if LINK.fullmatch(link):
        return link
    raise ConfigError(
        f"{option} is {link!r}; expected an http(s) URL or a relative path without spaces, brackets "
        "and quotes"
    )


def code_list(values: list[str], max_values: int = MAX_VALUES) -> Markdown:
    """Return values as code in one cell: the first by name, the rest by their number."""
    if not values:
        return Markdown("none")
    n_hidden = len(values) - max_values
    rest = f" and {n_hidden} more" if n_hidden > 0 else ""
    names = [str(markdown_code(value)) for value in values[:max_values]]
    return Markdown(", ".join(names) + rest)
