"""What comes from a file is shown as it is and does nothing."""

import pytest

from lockstep.core.errors import ConfigError
from lockstep.core.formatting import Table, markdown_table
from lockstep.review.markdown import check_link, code_list, details, metric_value
from template.tests.review.reading import outside_code, tables

HOSTILE = [
    "@octocat and @org/team",
    "a|b",
    "`tick` ``two``",
    "|`|`",
    "back\\|slash\\",
    "<img src=x onerror=alert(1)>",
    "</details></td>",
    "[here](https://example.org)",
    "![seen](https://example.org/p.png)",
    "https://example.org www.example.org me@example.org",
    "fixes #1, !2, %3, ~4, &5, $6, GH-7, o/r#8",
    "**bold** _soft_ ~~gone~~ :tada: $x$ $`y`$",
    "&#64;octocat &lt;b&gt;",
    "- item",
    "# title",
    " lead and trail ",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_shown_as_it_is_in_its_cell_and_nothing_of_it_is_markup(
    value: str,
) -> None:
    text = markdown_table(Table(["first", "second"], [[value, "next"]]))
    ((_, row),) = tables(text)
    assert row[1] == "next"
    assert row[0].strip() == value.strip()
    for sign in "@<>[]#!~$*_:\\":
        assert sign not in outside_code(text)
    assert "example" not in outside_code(text)


def test_a_metric_has_five_decimals_and_what_is_no_number_is_code() -> None:
    assert (metric_value(0.4637), metric_value(None)) == ("0.46370", "n/a")
    assert (metric_value(0.25, sign=True), metric_value(0, sign=True)) == ("+0.25000", "0")
    assert (metric_value("@me"), metric_value(True)) == ("`@me`", "`True`")


def test_a_list_shows_its_first_values() -> None:
    assert code_list([]) == "none"
    assert code_list(list("abcd"), max_values=2) == "`a`, `b` and 2 more"
    assert code_list(["a|b"]) == "`a`&#124;`b`"


def test_a_fold_has_the_empty_lines_that_both_platforms_want() -> None:
    assert details("More", "text").splitlines()[1:4] == ["<summary>More</summary>", "", "text"]


@pytest.mark.parametrize(
    "link", ["https://example.org/a?b=c&d=1#e", "http://x", ".", "../a/b", "img"]
)
def test_a_link_is_a_url_or_a_relative_path(link: str) -> None:
    assert check_link(link, "--link") == link


@pytest.mark.parametrize(
    "link",
    ["", "a b", "javascript:alert(1)", "https://x)", "//x", "/root", "https://x\n@me", "<x>"],
)
def test_any_other_link_is_refused_by_the_name_of_its_option(link: str) -> None:
    with pytest.raises(ConfigError, match="--link is"):
        check_link(link, "--link")
