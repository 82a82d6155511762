"""Checks of rows: each broken rule is found where it is, and no row is lost or counted twice."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from lockstep.core.schema import Checks, Column, Dataset
from lockstep.data.quality import check_table, find_broken, separate, summarize

TIMES = ["2013-11-30 10:00", "2013-12-01 00:00", None]


def dataset(**checks: Any) -> Dataset:
    """A schema of a key, a time and a target."""
    columns = {
        "id": Column("int"),
        "größe": Column("float", nullable=True, min=0, max=10, max_missing=0.5),
        "time": Column("datetime", nullable=True),
        "month": Column("str", nullable=True, pattern="^2013-"),
        "y": Column("int", severity="fail"),
    }
    return Dataset(target="y", key=["id"], checks=Checks(columns=columns, **checks))


def frame(times: list[str | None], **values: list[Any]) -> pd.DataFrame:
    """Rows that obey the schema, but for what is given."""
    rows = len(times)
    result = {
        "id": range(rows),
        "größe": np.ones(rows),
        "time": pd.Series(times, dtype="datetime64[us]"),
        "month": pd.Series(["2013-01"] * rows, dtype="str"),
        "y": np.arange(rows) % 2,
    }
    return pd.DataFrame(result | values)


def stale(parts: list[pd.DataFrame], **checks: Any) -> list[str]:
    """What is said of the table's freshness."""
    given = dataset(**checks)
    result = check_table([summarize(part, given) for part in parts], given)
    return [one.examples[0][1] for one in result if one.name.startswith("not before")]


def test_a_table_is_as_fresh_as_its_newest_row_that_has_a_time() -> None:
    fresh = {"freshness_column": "time", "not_before": "2013-12-01"}
    assert stale([frame(TIMES)], **fresh) == []
    assert stale([frame(TIMES[:1]), frame(TIMES[2:])], **fresh) == ["2013-11-30 10:00:00"]
    assert stale([frame(TIMES[2:] * 2), frame([])], **fresh) == ["no row has a time"]
    assert stale([frame(TIMES)], freshness_column="time", not_before="2013-12-01T00:00") == []
    assert len(stale([frame(["1913-12-01"])], **fresh)) == 1


def test_a_period_as_text_tells_freshness_too() -> None:
    months = pd.Series(["2013-11", None], dtype="str")
    for least, said in (("2013-11", []), ("2013-12", ["2013-11"])):
        part = frame(TIMES[:2], month=months)
        assert stale([part], freshness_column="month", not_before=least) == said


def test_every_broken_row_is_named_and_the_worst_first() -> None:
    rows = frame(["2013-12-01"] * 5, größe=[-1.0, 99.0, np.inf, np.nan, 5.0])
    result = {one.name: one for one in find_broken(rows, dataset())}
    assert result["at most 10"].rows == [1, 2]
    assert result["at most 10"].examples[0][1] == "inf (id 2)"
    assert (result["at least 0"].rows, result["finite"].rows) == ([0], [2])
    valid, bad = separate(rows, list(result.values()))
    assert (valid["id"].tolist(), bad["id"].tolist()) == ([3, 4], [0, 1, 2])
    assert bad["broken_checks"].tolist()[2] == "größe: at most 10; größe: finite"


def test_missing_text_where_none_may_be_is_one_broken_check() -> None:
    rows = frame(["2013-12-01"] * 3, y=pd.array([0, None, 1], dtype="Int64"))
    assert [(one.name, one.rows) for one in find_broken(rows, dataset())] == [("not missing", [1])]


def test_text_must_be_one_of_those_allowed_and_like_the_pattern_where_it_is_there() -> None:
    columns = {"id": Column("int"), "s": Column("str", True, allowed=["a", "ab"], pattern="a$")}
    given = Dataset(target="id", key=["id"], checks=Checks(columns=columns))
    texts = pd.Series(["a", None, "ab", "ba", ""], dtype="str")
    result = find_broken(pd.DataFrame({"id": range(5), "s": texts}), given)
    assert [(one.name, one.rows) for one in result] == [
        ("like a$", [2, 3, 4]),
        ("one of a, ab", [3, 4]),
    ]


def test_whole_numbers_with_a_gap_keep_to_their_range() -> None:
    columns = {"id": Column("int"), "n": Column("int", True, min=-1, max=2)}
    given = Dataset(target="id", key=["id"], checks=Checks(columns=columns))
    numbers = pd.array([-2, -1, None, 2, 3], dtype="Int64")
    result = find_broken(pd.DataFrame({"id": range(5), "n": numbers}), given)
    assert [(one.name, one.rows) for one in result] == [("at least -1", [0]), ("at most 2", [4])]


@pytest.mark.parametrize("rows", [0, 1])
def test_no_row_and_one_row_break_no_check_of_a_row(rows: int) -> None:
    assert find_broken(frame(["2013-12-01"] * rows), dataset()) == []


def test_a_table_tells_what_it_lacks() -> None:
    schema = dataset(min_rows=4)
    rows = frame(["2013-12-01"] * 3, größe=[np.nan, np.nan, 1.0], y=[1, 1, 1])
    broken_checks = check_table([summarize(rows, schema)], schema)
    examples = {check.name: check.examples[0][1] for check in broken_checks}
    assert examples == {
        "at least 4 rows": "3 rows",
        "at most 50.0% missing": "66.7%",
        "two or more values": "only 1",
    }
    assert len(check_table([], schema)) == 2
