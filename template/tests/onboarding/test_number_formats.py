"""A number is read in the styles that could have written it, and in no other."""

import pandas as pd
import pytest

from lockstep.onboarding.number_formats import (
    COMMAS,
    DECIMAL_COMMA,
    PLAIN,
    POINTS,
    STYLES,
    NumberStyle,
    count_by_style,
    is_number,
    strip_affixes,
    to_plain,
)

NUMBERS = {
    "1234.5": {PLAIN, COMMAS, NumberStyle(" ", "."), NumberStyle("'", ".")},
    "1,234.5": {COMMAS},
    "1.234,5": {POINTS},
    "1,5": {DECIMAL_COMMA, POINTS, NumberStyle(" ", ",")},
    "1 234,5": {NumberStyle(" ", ",")},
    "1'234.5": {NumberStyle("'", ".")},
    "12,34.5": set(),
    "1e5": set(STYLES),
    "a1": set(),
}


@pytest.mark.parametrize("text", NUMBERS)
def test_the_styles_of_a_number(text: str) -> None:
    styles = {style for style in STYLES if is_number(pd.Series([text]), style).all()}
    assert styles == NUMBERS[text]


@pytest.mark.parametrize("style", STYLES)
def test_a_number_of_any_style_becomes_plain(style: NumberStyle) -> None:
    values = pd.Series([f"1{style.thousands}234{style.decimal}5"])
    assert to_plain(values, style).tolist() == ["1234.5"]


def test_rows_are_counted_by_style() -> None:
    counts = count_by_style(pd.Series(["1", "2.5", "1,000", "x"]), pd.Series([10, 5, 2, 1]))
    assert (counts[PLAIN], counts[COMMAS], counts[DECIMAL_COMMA]) == (15, 17, 12)


def test_currency_and_percent_signs_are_stripped() -> None:
    assert strip_affixes(pd.Series(["$ 1", "7 %", "3\u00a0€"])).tolist() == ["1", "7", "3"]
