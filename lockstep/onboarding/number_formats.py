"""How the numbers of a text column are written: decimal sign, thousands, currency and percent signs."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

EXPONENT = r"([eE][+-]?[0-9]{1,3})?"
AFFIXES = "$€£¥% \u00a0"


@dataclass(frozen=True)
class Style:
    """The signs between thousands and before decimals."""

    thousands: str
    decimal: str

    def pattern(self) -> str:
        """A regular expression of the numbers written so."""
        point = re.escape(self.decimal)
        plain = rf"(?:[0-9]+(?:{point}[0-9]*)?|{point}[0-9]+){EXPONENT}"
        if not self.thousands:
            return rf"^[+-]?{plain}$"
        mark = "[ \u00a0\u202f]" if self.thousands == " " else re.escape(self.thousands)
        return rf"^[+-]?(?:[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{point}[0-9]*)?|{plain})$"


PLAIN, COMMAS = Style("", "."), Style(",", ".")
DECIMAL_COMMA, POINTS = Style("", ","), Style(".", ",")
# The earlier one is taken where several read every value.
STYLES = (PLAIN, COMMAS, DECIMAL_COMMA, POINTS, Style(" ", ","), Style(" ", "."), Style("'", "."))


def stripped(values: "pd.Series") -> "pd.Series":
    """The values without currency and percent signs and spaces at their ends."""
    found: pd.Series = values.str.strip(AFFIXES)
    return found


def matches(values: "pd.Series", style: Style) -> "pd.Series":
    """Which values, already stripped, are numbers of a style."""
    found: pd.Series = values.str.match(style.pattern())
    return found


def plain(values: "pd.Series", style: Style) -> "pd.Series":
    """Numbers of a style as lockstep.data.column_types reads them: digits, a point, an exponent."""
    if style.thousands == " ":
        values = values.str.replace("[ \u00a0\u202f]", "", regex=True)
    elif style.thousands:
        values = values.str.replace(style.thousands, "", regex=False)
    return values if style.decimal == "." else values.str.replace(style.decimal, ".", regex=False)


def count(values: "pd.Series", rows: "pd.Series") -> dict[Style, int]:
    """Rows whose value, stripped, is a number of each style; values are distinct, rows their counts."""
    first = matches(values, PLAIN)
    found = {PLAIN: int(rows[first].sum())}
    rest = values[~first]
    pointed = values[first & values.str.contains(".", regex=False)]
    for style in STYLES[1:]:
        found[style] = found[PLAIN]
        if style.decimal == ",":  # a point between thousands, or none at all
            bad = pointed[~matches(pointed, style)]
            found[style] -= int(rows[bad.index].sum())
        if len(rest):
            found[style] += int(rows[rest.index[matches(rest, style)]].sum())
    return found
