"""How the numbers of a text column are written: decimal sign, thousands, currency and percent signs."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

EXPONENT = r"([eE][+-]?[0-9]{1,3})?"
AFFIXES = "$€£¥% \u00a0"


@dataclass(frozen=True)
class NumberStyle:
    """The sign between thousands and the sign before decimals."""

    thousands: str
    decimal: str

    def pattern(self) -> str:
        """Return a regular expression that matches a number of this style."""
        point = re.escape(self.decimal)
        plain = rf"(?:[0-9]+(?:{point}[0-9]*)?|{point}[0-9]+){EXPONENT}"
        if not self.thousands:
            return rf"^[+-]?{plain}$"
        mark = "[ \u00a0\u202f]" if self.thousands == " " else re.escape(self.thousands)
        return rf"^[+-]?(?:[0-9]{{1,3}}(?:{mark}[0-9]{{3}})+(?:{point}[0-9]*)?|{plain})$"


PLAIN, COMMAS = NumberStyle("", "."), NumberStyle(",", ".")
DECIMAL_COMMA, POINTS = NumberStyle("", ","), NumberStyle(".", ",")
# Where several styles read every value, the earlier one wins.
STYLES = (
    PLAIN,
    COMMAS,
    DECIMAL_COMMA,
    POINTS,
    NumberStyle(" ", ","),
    NumberStyle(" ", "."),
    NumberStyle("'", "."),
)


def strip_affixes(values: "pd.Series") -> "pd.Series":
    """Return the values without currency signs, percent signs and spaces at their ends."""
    stripped: pd.Series = values.str.strip(AFFIXES)
    return stripped


def is_number(values: "pd.Series", style: NumberStyle) -> "pd.Series":
    """Return a mask of the values, affixes stripped, that are numbers of a style."""
    mask: pd.Series = values.str.match(style.pattern())
    return mask


def to_plain(values: "pd.Series", style: NumberStyle) -> "pd.Series":
    """Return numbers of a style as lockstep.data.column_types reads them: digits, a point, an exponent."""
    if style.thousands == " ":
        values = values.str.replace("[ \u00a0\u202f]", "", regex=True)
    elif style.thousands:
        values = values.str.replace(style.thousands, "", regex=False)
    return values if style.decimal == "." else values.str.replace(style.decimal, ".", regex=False)


def count_by_style(values: "pd.Series", row_counts: "pd.Series") -> dict[NumberStyle, int]:
    """Count the rows whose value is a number, for each style.

    Parameters
    ----------
    values : str Series, shape (n_distinct,)
        Distinct values, affixes stripped.
    row_counts : int Series, shape (n_distinct,)
        Rows that have each value; same index as values.
    """
    is_plain = is_number(values, PLAIN)
    counts = {PLAIN: int(row_counts[is_plain].sum())}
    not_plain = values[~is_plain]
    pointed = values[is_plain & values.str.contains(".", regex=False)]
    for style in STYLES[1:]:
        counts[style] = counts[PLAIN]
        if style.decimal == ",":  # a point must stand between thousands, or not at all
            misread = pointed[~is_number(pointed, style)]
            counts[style] -= int(row_counts[misread.index].sum())
        if len(not_plain):
            matching = not_plain.index[is_number(not_plain, style)]
            counts[style] += int(row_counts[matching].sum())
    return counts
