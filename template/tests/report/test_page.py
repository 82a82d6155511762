"""Numbers read as people write them, and no text becomes markup."""

import pytest

from lockstep.report.page import Html, document, inline, mark, number, percent, table, text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (327346, "327,346"),
        (0.46369, "0.4637"),
        (-0.5, "-0.5000"),
        (0.0, "0"),
        (0.00009776, "0.0000978"),
        (3e-12, "3.00e-12"),
        (12345.678, "12,345.7"),
        (None, "n/a"),
        (float("nan"), "n/a"),
        (float("inf"), "n/a"),
    ],
)
def test_numbers(value: float | None, shown: str) -> None:
    assert number(value) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.2214, "22.14 %"),
        (0.0, "0.00 %"),
        (0.00009776, "0.0098 %"),
        (1.0, "100.00 %"),
        (None, "n/a"),
    ],
)
def test_percentages(share: float | None, shown: str) -> None:
    assert percent(share) == shown


def test_a_difference_bears_its_sign() -> None:
    assert (number(0.25, sign=True), percent(-0.5, sign=True)) == ("+0.2500", "-50.00 %")


def test_a_result_is_told_by_a_word_and_not_by_colour_alone() -> None:
    kinds = ((True, "✓ pass"), (False, "✗ fail"), (None, "? unknown"))
    assert all(word in mark(kind) for kind, word in kinds)


def test_text_is_escaped_once_and_html_stays() -> None:
    assert text("<b>&\"'") == "&lt;b&gt;&amp;&quot;&#x27;"
    assert text(text("<b>")) == "&lt;b&gt;"
    assert text(Html("<b>bold</b>")) == "<b>bold</b>"
    assert (text(True), text(3), text(None)) == ("yes", "3", "n/a")


def test_a_table_names_itself_its_columns_and_its_rows() -> None:
    made = table('a "caption"', ["name", "rows"], [["x<y", 1234]])
    assert made.count("scope=col") == 2 and made.count("scope=row") == 1
    assert 'aria-label="a &quot;caption&quot;"' in made and "x&lt;y" in made
    assert "<td class=digits>1,234</td>" in made and "<th scope=col class=digits>rows" in made


def test_data_cannot_end_its_script_and_holds_no_nan() -> None:
    assert inline(["</script><b>", float("nan")]) == '["\\u003c/script>\\u003cb>", null]'


def test_a_script_cannot_end_itself() -> None:
    made = document("t", "report", [], {}, {}, "'</script>' + '<!--'")
    assert made.count("</script>") == 2 and "<!--" not in made
