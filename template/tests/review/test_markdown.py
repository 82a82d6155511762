"""What comes from a file is shown as it is and does nothing."""

import pytest

from lockstep.core.errors import ConfigError
from lockstep.review.markdown import address, code, listed, number, percent, table
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
UNSEEN = {
    "two\nlines\r": "two\\nlines\\r",
    "\u202eright": "\\u202eright",
    "a\x00\u200bb": "a\\x00\\u200bb",
}


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_shown_as_it_is_in_its_cell_and_nothing_of_it_is_markup(
    value: str,
) -> None:
    text = table(["one", "two"], [[value, "next"]])
    ((_, row),) = tables(text)
    assert row[1] == "next"
    assert row[0].strip() == value.strip()
    for sign in "@<>[]#!~$*_:\\":
        assert sign not in outside_code(text)
    assert "example" not in outside_code(text)


@pytest.mark.parametrize(("value", "shown"), UNSEEN.items())
def test_what_cannot_be_seen_is_spelled_out(value: str, shown: str) -> None:
    assert code(value) == f"`{shown}`"


def test_an_empty_value_is_said_and_a_long_one_cut() -> None:
    assert code("") == "(empty)"
    assert len(code("x" * 1000)) < 200 and code("x" * 1000).endswith("…`")


@pytest.mark.parametrize(
    ("value", "sign", "shown"),
    [
        (0.4637, False, "0.46370"),
        (0.0000133, True, "+0.0000133"),
        (-0.000551234, True, "-0.000551"),
        (3e-9, True, "+3.00e-09"),
        (1234, False, "1,234"),
        (12345.678, True, "+12,345.68"),
        (0, True, "0"),
        (0.0, True, "0"),
        (10**20, False, "`100000000000000000000`"),
        (None, False, "n/a"),
        (float("nan"), False, "n/a"),
        (True, False, "`True`"),
        ("@me", False, "`@me`"),
    ],
)
def test_numbers(value: object, sign: bool, shown: str) -> None:
    assert number(value, sign) == shown


def test_shares_and_lists() -> None:
    assert percent(0.129) == "12.9 %" and percent(None) == "n/a"
    assert listed([]) == "none"
    assert listed(list("abcd"), most=2) == "`a`, `b` and 2 more"


def test_columns_of_numbers_stand_right() -> None:
    text = table(["a", "b", "c"], [["x", 1, 0.5], ["y", 2, None]])
    assert text.splitlines()[1] == "| --- | --: | --: |"


@pytest.mark.parametrize(
    "given", ["https://example.org/a?b=c&d=1#e", "http://x", ".", "../a/b", "img"]
)
def test_an_address_is_a_url_or_a_relative_path(given: str) -> None:
    assert address(given, "--link") == given


@pytest.mark.parametrize(
    "given",
    ["", "a b", "javascript:alert(1)", "https://x)", "//x", "/root", "https://x\n@me", "<x>"],
)
def test_any_other_address_is_refused_by_the_name_of_its_option(given: str) -> None:
    with pytest.raises(ConfigError, match="--link is"):
        address(given, "--link")
