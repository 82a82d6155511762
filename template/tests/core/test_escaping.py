"""Text from a file is shown as it is and does nothing: in Markdown, in HTML, on a terminal."""

import pytest

from lockstep.core.escaping import (
    VALUE_LENGTH,
    git_name,
    git_sentence,
    html_text,
    markdown_code,
    plot_data,
    plot_specification,
    plot_text,
    terminal_text,
)

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


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        (
            "</script><img src=x onerror=alert(1)>",
            "\uff1c/script>\uff1cimg src=x onerror=alert(1)>",
        ),
        ("<!--<script>", "\uff1c!--\uff1cscript>"),
        ("<=50K", "<=50K"),
        ("a < b", "a < b"),
        ("a\u2028b\x1b", "a\\u2028b\\x1b"),
        ("\ud800", "\\ud800"),
    ],
)
def test_a_label_of_a_plot_begins_no_tag_and_stays_readable(label: str, shown: str) -> None:
    assert plot_text(label) == shown
    assert plot_data([{"actual": label, "rows": 3, label: None}]) == [
        {"actual": shown, "rows": 3, shown: None}
    ]


def test_in_a_specification_only_the_data_are_escaped() -> None:
    spec = {
        "data": {"values": [{"x": "</script>"}]},
        "transform": [{"filter": "datum.x<limit"}],
        "layer": [{"mark": "bar"}],
    }
    assert plot_specification(spec) == {**spec, "data": {"values": [{"x": "\uff1c/script>"}]}}


def test_a_name_in_a_message_of_git_has_no_sign_that_a_forge_reads() -> None:
    assert git_name("data/raw/2013-05_a.csv") == "data/raw/2013-05_a.csv"
    assert git_name("[ci skip] é#1\n@me") == "%5Bci%20skip%5D%20é%231%0A%40me"
    assert git_sentence("Faster, see #1: yes") == "Faster, see %231: yes"
    assert len(git_name("x" * 1000)) < 200
