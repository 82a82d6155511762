"""The section on drift shows the worst column first, its bar the longest, and stays small."""

import re
from typing import Any

from lockstep.report.drift_section import SHOWN, drift


def record(name: str, psi: float) -> dict[str, Any]:
    """One column, drifted above 0.1."""
    test = {"test": "chi-square", "statistic": 3.0, "p_value": 0.02}
    return {"column": name, "psi": psi, **test, "drifted": psi > 0.1}


def found(*records: dict[str, Any]) -> dict[str, Any]:
    """metrics/drift.json of these columns."""
    share = sum(one["drifted"] for one in records) / len(records)
    return {"columns": list(records), "share": share, "prediction": {"psi": 0.25}, "outputs": []}


def cells(page: str) -> list[list[str]]:
    """The text of each row of the tables."""
    rows = re.findall(r"<tr><th scope=row>(.*?)</tr>", page)
    return [[re.sub("<[^>]*>", "", cell) for cell in re.split("</t[hd]>", row)] for row in rows]


def test_the_worst_column_comes_first_with_the_longest_bar() -> None:
    page = drift(found(record("a", 0.05), record("b", 2.0), record("c", 0.5), record("d", 0.5)))
    assert [row[0] for row in cells(page)] == ["b", "c", "d", "a"]
    assert [row[3] for row in cells(page)] == ["drifted", "drifted", "drifted", "no"]
    widths = [float(width) for width in re.findall(r"width:([\d.]+)rem", page)]
    assert widths == [8.0, 2.0, 2.0, 0.2]
    assert "<dd>3 of 4</dd>" in page and "75.00 %" in page and "<dd>0.2500</dd>" in page


def test_of_many_columns_the_worst_are_shown() -> None:
    page = drift(found(*(record(f"c{number}", number / 100) for number in range(70))))
    assert len(cells(page)) == SHOWN and cells(page)[0][0] == "c69"
    assert f"the worst {SHOWN} of 70" in page


def test_what_the_model_says_has_a_table_of_its_own() -> None:
    said = {**found(record("a", 0.2)), "outputs": [record("p_x", 0.1), record("p_y", 0.3)]}
    assert [row[0] for row in cells(drift(said))] == ["a", "p_y", "p_x"]


def test_nothing_that_changed_makes_a_table_all_the_same() -> None:
    page = drift({**found(record("a", 0.0)), "prediction": None})
    assert cells(page)[0][:2] == ["a", "0.0000"] and "n/a" in page


def test_a_p_value_of_next_to_nothing_is_not_shown_as_zero() -> None:
    page = drift(found({**record("a", 0.2), "p_value": 0.0}, {**record("b", 0.1), "p_value": 0.02}))
    assert [row[6] for row in cells(page)] == ["&lt; 1e-16", "0.0200"]


def test_a_hostile_name_stays_text() -> None:
    assert "<b>" not in drift(found(record("<b>x</b>", 0.2)))
