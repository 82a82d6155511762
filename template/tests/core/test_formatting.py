"""Numbers read as people write them, and a table says the same in HTML, in Markdown and on a terminal."""

import pytest

from lockstep.core.escaping import Html, Markdown
from lockstep.core.formatting import (
    Formatted,
    Outside,
    Table,
    count,
    html_cell,
    html_table,
    interval,
    markdown_cell,
    markdown_table,
    number,
    percent,
    signed,
    text_table,
)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (327346, 4, "327,346"),
        (0.46369, 4, "0.4637"),
        (0.4637, 5, "0.46370"),
        (-0.5, 4, "-0.5000"),
        (0.0, 4, "0"),
        (0.00009776, 4, "0.0000978"),
        (3e-12, 4, "3.00e-12"),
        (12345.678, 4, "12,345.7"),
        (12345.678, 5, "12,345.68"),
        (10**400, 4, "1.00e+400"),
        (-1e18, 4, "-1.00e+18"),
        (None, 4, "n/a"),
        (True, 4, "n/a"),
        (float("nan"), 4, "n/a"),
        (float("inf"), 4, "n/a"),
    ],
)
def test_numbers(value: float | None, decimals: int, shown: str) -> None:
    assert number(value, decimals) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.25, "+0.25000"),
        (0.0000133, "+0.0000133"),
        (-0.000551234, "-0.000551"),
        (3e-9, "+3.00e-09"),
        (12345.678, "+12,345.68"),
        (7, "+7"),
        (0, "0"),
        (0.0, "0"),
        (None, "n/a"),
    ],
)
def test_a_difference_has_its_sign(value: float | None, shown: str) -> None:
    assert signed(value, 5) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.2214, "22.14 %"),
        (0.0, "0.00 %"),
        (0.00009776, "0.0098 %"),
        (1.0, "100.00 %"),
        (None, "n/a"),
        (float("nan"), "n/a"),
    ],
)
def test_percentages(share: float | None, shown: str) -> None:
    assert percent(share) == shown


def test_counts_and_intervals() -> None:
    assert (count(1234), count(None), percent(-0.5, sign=True)) == ("1,234", "n/a", "-50.00 %")
    assert interval(0.25, 1234.5) == "0.2500 to 1,234.5"
    assert interval(-0.5, 0.25, decimals=5, sign=True) == "-0.50000 to +0.25000"
    assert interval(None, 1.0) == "n/a to 1.0000"


TABLE = Table(
    ["name", Outside("a|<b>\x1b[0m"), "", "score"],
    [["x<y|z", 1234, True, 0.5], ["`\n", None, Formatted(""), -0.25]],
    'a "title"',
)


def test_a_table_on_a_terminal_has_its_numbers_right_and_no_control_characters() -> None:
    assert text_table(TABLE, indent="  ").splitlines() == [
        "  name   a|<b>\\x1b[0m         score",
        "  x<y|z         1,234  yes   0.5000",
        "  `\\n             n/a       -0.2500",
    ]


def test_a_table_in_markdown_has_its_numbers_right_and_text_from_outside_as_code() -> None:
    assert markdown_table(TABLE).splitlines() == [
        "| name | `a`&#124;`<b>\\x1b[0m` |  | score |",
        "| --- | --: | --- | --: |",
        "| `x<y`&#124;`z` | 1,234 | yes | 0.5000 |",
        "| &#96;`\\n` | n/a |  | -0.2500 |",
    ]


def test_a_table_in_html_names_itself_its_columns_and_its_rows() -> None:
    text = html_table(TABLE, wide_column=2)
    assert text.count("scope=col") == 4 and text.count("scope=row") == 2
    assert 'aria-label="a &quot;title&quot;"' in text and "x&lt;y|z" in text
    assert "<td class=digits>1,234</td>" in text and "<th scope=col class=digits>score" in text
    assert "<td class=long>yes</td>" in text and "<b>" not in text


def test_a_table_without_rows_has_its_head() -> None:
    table = Table(["name", "rows"], [])
    assert text_table(table) == "name  rows\n"
    assert markdown_table(table) == "| name | rows |\n| --- | --- |"
    assert "<th scope=col>rows</th>" in html_table(table)


def test_a_cell_is_escaped_once_and_markup_stays_where_it_belongs() -> None:
    assert html_cell(Html("<b>bold</b>")) == "<b>bold</b>"
    assert html_cell(Markdown("**<b>**")) == "**&lt;b&gt;**"
    assert markdown_cell(Markdown("**bold**")) == "**bold**"
    assert markdown_cell(Html("<b>")) == "`<b>`"
    assert (html_cell(True), html_cell(3), html_cell(None)) == ("yes", "3", "n/a")
    assert markdown_cell(0.123456, decimals=5) == "0.12346"
