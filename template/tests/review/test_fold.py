"""A report stays within its limit by leaving out whole rows, and says how many."""

import pytest

from lockstep.core.errors import LockstepError
from lockstep.review.fold import OPEN, Table, fitted
from template.tests.review.reading import tables


def grown(title: str, rows: int) -> Table:
    """A table of so many rows."""
    return Table(title, ["name", "rows"], [[f"{title} {at}", at] for at in range(rows)])


def test_what_is_short_is_open_and_whole() -> None:
    text = fitted(["**First**", grown("Few", OPEN)])
    assert text.startswith("**First**\n\n### Few\n\n| name")
    assert "details" not in text and "left out" not in text


def test_what_is_long_is_folded_with_its_number_of_rows() -> None:
    text = fitted([grown("Many", OPEN + 1)])
    assert (
        text.startswith("<details>\n<summary>Many: 13</summary>\n\n| name")
        and "left out" not in text
    )


def test_a_table_without_rows_is_not_there() -> None:
    assert (
        fitted(["one", Table("None", ["name"], [], remark="a remark"), "", "two"]) == "one\n\ntwo\n"
    )


@pytest.mark.parametrize("limit", [800, 5_000, 9_000])
def test_the_limit_holds_and_what_is_left_out_is_counted(limit: int) -> None:
    blocks = [grown("Long", 3000), grown("Other", 500), grown("Short", 3), "the end"]
    text = fitted(blocks, limit)
    assert limit / 3 < len(text.encode()) <= limit
    long, other, short = (len(one) - 1 for one in tables(text))
    assert f"_{3000 - long:,} more of 3,000 rows are left out: no room._" in text
    assert f"_{500 - other:,} more of 500 rows" in text
    assert short == 3 and long == other
    assert text.count("<details>") == text.count("</details>") and text.endswith("the end\n")
    assert f"`Long {long - 1}`" in text and f"`Long {long}`" not in text


def test_bytes_count_and_not_characters() -> None:
    text = fitted([Table("T", ["name"], [["年" * 100]] * 300)], 20_000)
    assert 19_000 < len(text.encode()) <= 20_000


def test_words_that_do_not_fit_are_an_error_and_not_cut() -> None:
    with pytest.raises(LockstepError, match="more than 100 bytes"):
        fitted(["x" * 200], 100)
