"""A report stays within its limit by leaving out whole rows, and says how many."""

import pytest

from lockstep.core.errors import LockstepError
from lockstep.review.fold import MAX_OPEN_ROWS, ReportTable, fit
from template.tests.review.reading import tables


def numbered_table(title: str, n_rows: int) -> ReportTable:
    """Return a table of so many rows, each with its number."""
    return ReportTable(["name", "rows"], [[f"{title} {i}", i] for i in range(n_rows)], title)


def test_what_is_short_is_open_and_whole() -> None:
    text = fit(["**First**", numbered_table("Short", MAX_OPEN_ROWS)])
    assert text.startswith("**First**\n\n### Short\n\n| name")
    assert "details" not in text and "left out" not in text


def test_what_is_long_is_folded_with_its_number_of_rows() -> None:
    text = fit([numbered_table("Long", MAX_OPEN_ROWS + 1)])
    assert text.startswith("<details>\n<summary>Long: 13</summary>\n\n| name")
    assert "left out" not in text


def test_a_table_without_rows_is_not_there() -> None:
    table = ReportTable(["name"], [], "None", remark="a remark")
    assert fit(["first", table, "", "last"]) == "first\n\nlast\n"


@pytest.mark.parametrize("limit", [800, 5_000, 9_000])
def test_the_limit_holds_and_what_is_left_out_is_counted(limit: int) -> None:
    blocks = [
        numbered_table("Long", 3000),
        numbered_table("Other", 500),
        numbered_table("Short", 3),
    ]
    text = fit([*blocks, "the end"], limit)
    assert limit / 3 < len(text.encode()) <= limit
    long, other, short = (len(rows) - 1 for rows in tables(text))
    assert f"_{3000 - long:,} more of 3,000 rows are left out: no room._" in text
    assert f"_{500 - other:,} more of 500 rows" in text
    assert short == 3 and long == other
    assert text.count("<details>") == text.count("</details>") and text.endswith("the end\n")
    assert f"`Long {long - 1}`" in text and f"`Long {long}`" not in text


def test_bytes_count_and_not_characters() -> None:
    text = fit([ReportTable(["name"], [["年" * 100]] * 300, "T")], 20_000)
    assert 19_000 < len(text.encode()) <= 20_000


def test_words_that_do_not_fit_are_an_error_and_not_cut() -> None:
    with pytest.raises(LockstepError, match="more than 100 bytes"):
        fit(["x" * 200], 100)
