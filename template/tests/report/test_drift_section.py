"""The section on drift shows the worst column first, its bar the longest, and stays small."""

import re
from typing import Any

from lockstep.report.drift_section import MAX_COLUMNS, drift


def column(name: str, psi: float, p_value: float = 0.02) -> dict[str, Any]:
    """Return one column, drifted above 0.1."""
    test = {"test": "chi-square", "statistic": 3.0, "p_value": p_value}
    return {"column": name, "psi": psi, **test, "drifted": psi > 0.1}


def metrics(*columns: dict[str, Any]) -> dict[str, Any]:
    """Return metrics/drift.json of these columns."""
    share = sum(column["drifted"] for column in columns) / len(columns)
    return {"columns": list(columns), "share": share, "prediction": {"psi": 0.25}, "outputs": []}


def cells(page: str) -> list[list[str]]:
    """Return the text of each row of the tables."""
    rows = re.findall(r"<tr><th scope=row>(.*?)</tr>", page)
    return [[re.sub("<[^>]*>", "", cell) for cell in re.split("</t[hd]>", row)] for row in rows]


def test_the_worst_column_comes_first_with_the_longest_bar() -> None:
    columns = [column("a", 0.05), column("b", 2.0), column("c", 0.5), column("d", 0.5)]
    page = drift(metrics(*columns))
    assert [row[0] for row in cells(page)] == ["b", "c", "d", "a"]
    assert [row[3] for row in cells(page)] == ["drifted", "drifted", "drifted", "no"]
    widths = [float(width) for width in re.findall(r"width:([\d.]+)rem", page)]
    assert widths == [8.0, 2.0, 2.0, 0.2]
    assert "<dd>3 of 4</dd>" in page and "75.00 %" in page and "<dd>0.2500</dd>" in page


def test_of_many_columns_the_worst_are_shown() -> None:
    page = drift(metrics(*(column(f"c{i}", i / 100) for i in range(70))))
    assert len(cells(page)) == MAX_COLUMNS and cells(page)[0][0] == "c69"
    assert f"the worst {MAX_COLUMNS} of 70" in page


def test_the_predictions_have_a_table_of_their_own() -> None:
    outputs = [column("p_x", 0.1), column("p_y", 0.3)]
    page = drift({**metrics(column("a", 0.2)), "outputs": outputs})
    assert [row[0] for row in cells(page)] == ["a", "p_y", "p_x"]


def test_without_any_drift_there_is_a_table_all_the_same() -> None:
    page = drift({**metrics(column("a", 0.0)), "prediction": None})
    assert cells(page)[0][:2] == ["a", "0.0000"] and "n/a" in page


def test_a_tiny_p_value_is_not_shown_as_zero() -> None:
    page = drift(metrics(column("a", 0.2, p_value=0.0), column("b", 0.1, p_value=0.02)))
    assert [row[6] for row in cells(page)] == ["&lt; 1e-16", "0.0200"]


def test_a_hostile_name_stays_text() -> None:
    assert "<b>" not in drift(metrics(column("<b>x</b>", 0.2)))
