"""Text from a file is shown as it is and does nothing: in Markdown, in HTML, on a terminal."""

import pytest

from lockstep.core.escaping import VALUE_LENGTH, html_text, markdown_code, terminal_text

INVISIBLE = {
    "two\nlines\r": "two\\nlines\\r",
    "\u202eright": "\\u202eright",
    "a\x00\u200bb": "a\\x00\\u200bb",
    "\x1b[31mred": "\\x1b[31mred",
}


@pytest.mark.parametrize(("value", "shown"), INVISIBLE.items())
def test_what_cannot_be_seen_is_spelled_out(value: str, shown: str) -> None:
    assert markdown_code(value) == f"`{shown}`"
    assert terminal_text(value) == shown


def test_an_empty_value_has_a_word_and_a_long_one_is_cut() -> None:
    assert markdown_code("") == "(empty)"
    assert len(markdown_code("x" * 1000)) == VALUE_LENGTH + 2
    assert markdown_code("x" * 1000).endswith("…`")


def test_a_pipe_and_a_backtick_stand_between_pieces_of_code() -> None:
    assert markdown_code("a|b`c") == "`a`&#124;`b`&#96;`c`"


def test_html_has_no_markup() -> None:
    assert html_text("<b>&\"'") == "&lt;b&gt;&amp;&quot;&#x27;"
