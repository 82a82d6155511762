"""Numbers, intervals and tables as a person reads them: in HTML, in Markdown, on a terminal."""

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lockstep.core.escaping import Html, Markdown, html_text, markdown_code, terminal_text

DECIMALS = 4
LARGE = 10**15  # from here on numbers are written with an exponent


class Formatted(str):
    """Text that needs no escaping anywhere: formatted numbers, and words of our own."""


class Figure(Formatted):
    """One formatted number, which a table aligns right."""


class Outside(str):
    """Text from outside in the head of a table, whose other heads are our own words."""


UNKNOWN = Figure("n/a")


def is_number(value: Any) -> bool:
    """Return whether the value is a finite number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isinstance(value, int) or math.isfinite(value)


def number(value: float | None, decimals: int = DECIMALS, *, sign: bool = False) -> Figure:
    """Return a number for a person, n/a for what is none.

    Parameters
    ----------
    value : int, float or None
        A whole number is a count and gets commas; None, NaN and infinities are n/a.
    decimals : int
        Of a number from 0.001 to 1000; a smaller one keeps three significant digits, a larger one gets
        three decimals fewer.
    sign : bool
        Whether a number above zero gets a plus.

    Returns
    -------
    Figure
    """
    if value is None or not is_number(value):
        return UNKNOWN
    plus, size = "+" if sign and value else "", abs(value)
    if size >= LARGE:
        return Figure(f"{Decimal(value):{plus}.2e}")
    if isinstance(value, int) or value == 0:
        return Figure(f"{int(value):{plus},d}")
    if size < 1e-6:
        return Figure(f"{value:{plus}.2e}")
    if size >= 1000:
        return Figure(f"{value:{plus},.{max(decimals - 3, 0)}f}")
    if size < 1e-3:
        decimals = 2 - math.floor(math.log10(size))
    return Figure(f"{value:{plus},.{decimals}f}")


def signed(value: float | None, decimals: int = DECIMALS) -> Figure:
    """Return a difference with its sign; zero has none."""
    return number(value, decimals, sign=True)


def count(n: int | None) -> Figure:
    """Return a count with commas."""
    return number(n)


def interval(
    low: float | None, high: float | None, *, decimals: int = DECIMALS, sign: bool = False
) -> Figure:
    """Return both ends of an interval; sign is for the interval of a difference."""
    ends = (number(low, decimals, sign=sign), number(high, decimals, sign=sign))
    return Figure(" to ".join(ends))


def percent(share: float | None, *, sign: bool = False) -> Figure:
    """Return a share as a percentage, with two significant digits where it is under 0.01 %."""
    if share is None or not is_number(share):
        return UNKNOWN
    plus = "+" if sign else ""
    small = share != 0 and abs(share) < 1e-4
    decimals = 1 - math.floor(math.log10(abs(share) * 100)) if small else 2
    return Figure(f"{share:{plus}.{decimals}%}".replace("%", " %"))


@dataclass(frozen=True)
class Table:
    """Columns, rows and a title. The title and the columns are our own words, the cells any values.

    A cell that is Formatted stands as it is, and so does one that is Html or Markdown where the table
    becomes that; numbers are formatted, all other text is escaped.
    """

    columns: list[str]
    rows: list[list[Any]]
    title: str = ""
    decimals: int = DECIMALS


def plain_cell(value: Any, decimals: int = DECIMALS) -> Any:
    """Return a cell's value with numbers formatted, and yes or no for true or false."""
    if isinstance(value, bool):
        return Formatted("yes" if value else "no")
    if value is None or isinstance(value, int | float):
        return number(value, decimals)
    return value


def html_cell(value: Any, decimals: int = DECIMALS) -> str:
    """Return any value as HTML."""
    value = plain_cell(value, decimals)
    return value if isinstance(value, Html | Formatted) else html_text(value)


def markdown_cell(value: Any, decimals: int = DECIMALS) -> str:
    """Return any value as Markdown, text from outside as code."""
    value = plain_cell(value, decimals)
    return value if isinstance(value, Markdown | Formatted) else markdown_code(value)


def text_table(table: Table, indent: str = "") -> str:
    """Return the table's lines for a terminal, without its title; columns of numbers stand right."""
    rows = [[plain_cell(value, table.decimals) for value in row] for row in table.rows]
    columns = list(zip(table.columns, *rows, strict=True))
    texts = [[terminal_text(value) for value in column] for column in columns]
    widths = [max(map(len, column)) for column in texts]
    right = [bool(rows) and all(isinstance(v, Figure) for v in column[1:]) for column in columns]
    padded = [
        [text.rjust(width) if is_right else text.ljust(width) for text in column]
        for column, width, is_right in zip(texts, widths, right, strict=True)
    ]
    return "".join(indent + "  ".join(line).rstrip() + "\n" for line in zip(*padded, strict=True))


def markdown_table(table: Table) -> str:
    """Return the table as Markdown, without its title; columns of numbers stand right."""
    values = [[plain_cell(value, table.decimals) for value in row] for row in table.rows]
    heads = [markdown_code(head) if isinstance(head, Outside) else head for head in table.columns]
    columns = list(zip(*values, strict=True)) or [()] * len(heads)
    right = [bool(column) and all(isinstance(v, Figure) for v in column) for column in columns]
    rule = ["--:" if is_right else "---" for is_right in right]
    lines = [heads, rule, *([markdown_cell(value) for value in row] for row in values)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def html_table(table: Table, wide_column: int = -1) -> Html:
    """Return the table as HTML that scrolls within itself.

    Parameters
    ----------
    table : Table
        Its title becomes the caption; the first cell of a row is the row's header.
    wide_column : int
        Number of the column whose text may be long, and is wrapped.

    Returns
    -------
    Html
    """
    values = [[plain_cell(value, table.decimals) for value in row] for row in table.rows]

    def css_class(value: Any, place: int) -> str:
        if isinstance(value, Figure):
            return " class=digits"
        return " class=long" if place == wide_column and place else ""

    def cell(value: Any, place: int) -> str:
        tag, scope = ("td", "") if place else ("th", " scope=row")
        return f"<{tag}{scope}{css_class(value, place)}>{html_cell(value)}</{tag}>"

    first = values[0] if values else [""] * len(table.columns)
    heads = [
        f"<th scope=col{' class=digits' if isinstance(value, Figure) else ''}>{html_text(name)}</th>"
        for name, value in zip(table.columns, first, strict=True)
    ]
    lines = ["".join(cell(value, place) for place, value in enumerate(row)) for row in values]
    caption = html_text(table.title)
    return Html(
        f'<div class=scroll role=region tabindex=0 aria-label="{caption}"><table>'
        f"<caption>{caption}</caption>\n<thead><tr>{''.join(heads)}</tr></thead>\n<tbody>"
        + "\n".join(f"<tr>{line}</tr>" for line in lines)
        + "</tbody></table></div>"
    )
