"""The values of a column set its type, and the rows pass the checks of that type."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lockstep.onboarding.column_stats import ColumnStats
from lockstep.onboarding.infer_type import infer_column, uses_decimal_comma
from lockstep.onboarding.number_formats import DECIMAL_COMMA, PLAIN
from template.tests.onboarding.tables import DAYS, infer_one_column, repeat

TYPES = {
    "whole numbers": (repeat(3, 17, 90), "int"),
    "whole numbers with gaps": (repeat("3", None, "90"), "int"),
    "numbers": (repeat(1.5, 2, -3), "float"),
    "exponents": (repeat("1e3", "2.5E-7"), "float"),
    "leading zeros": (repeat("00123", "04567"), "str"),
    "leading zeros and a word": (repeat(*(f"0{n}" for n in range(30)), "many"), "str"),
    "twenty digits": (repeat("12345678901234567890", "5"), "str"),
    "texts": (repeat("red", "blue"), "str"),
    "yes and no": (repeat("yes", "no"), "str"),
    "true and false": (repeat(True, False), "str"),
    "days": (DAYS.astype("str"), "datetime"),
    "instants": (DAYS.astype("str") + "T05:06:07", "datetime"),
    "instants with a zone": (DAYS.astype("str") + "T05:06:07+02:00", "datetime"),
    "instants of Z": (DAYS.astype("str") + "T05:06:07.5Z", "datetime"),
    "german days": (DAYS.dt.strftime("%d.%m.%Y"), "datetime"),
    "american days": (DAYS.dt.strftime("%m/%d/%Y"), "datetime"),
    "american times": (DAYS.dt.strftime("%m/%d/%Y %I:%M %p"), "datetime"),
    "named months": (DAYS.dt.strftime("%d-%b-%Y"), "datetime"),
    "numbers and a word for missing": (repeat(*range(30), "unknown"), "int"),
    "half numbers": (repeat(1, "a", 2, "b", 3), "str"),
    "percents": (repeat("12%", "7.5%"), "float"),
    "years": (repeat(2019, 2020), "int"),
    "clock times": (repeat("05:30", "17:45"), "str"),
    "inf among numbers": (repeat(*np.arange(40) / 4, "inf"), "float"),
}


@pytest.mark.parametrize("name", TYPES)
def test_the_type_is_inferred_and_the_rows_pass(tmp_path: Path, name: str) -> None:
    values, expected = TYPES[name]
    plan, _ = infer_one_column(tmp_path, values)
    assert plan.columns["x"].type == expected


@pytest.mark.parametrize(("name", "expected"), [("visit_date", "datetime"), ("amount", "int")])
def test_eight_digits_are_a_day_where_the_name_says_so(
    tmp_path: Path, name: str, expected: str
) -> None:
    plan, _ = infer_one_column(tmp_path, DAYS.dt.strftime("%Y%m%d"), name)
    assert plan.columns[name].type == expected


def test_a_date_that_reads_two_ways_is_an_assumption(tmp_path: Path) -> None:
    plan, _ = infer_one_column(tmp_path, repeat("03/04/2021", "05/06/2021", "01/02/2021"))
    assert plan.columns["x"].time_format == "%m/%d/%Y"
    assert any("day or month first" in note for note in plan.assumptions)


def test_na_of_two_letter_codes_stays_a_code(tmp_path: Path) -> None:
    plan, conf = infer_one_column(tmp_path, repeat("DE", "NA", "FR"), "country")
    assert plan.columns["country"].n_missing == 0
    assert "NA" in conf["checks"]["columns"]["country"]["allowed"]
    assert any("code of two letters" in note for note in plan.assumptions)


def test_na_of_words_is_missing(tmp_path: Path) -> None:
    plan, conf = infer_one_column(tmp_path, repeat("male", "NA", "female"), "sex")
    assert plan.columns["sex"].n_missing and conf["checks"]["columns"]["sex"]["nullable"]


def test_a_native_integer_beyond_64_bits_is_a_float() -> None:
    stats = ColumnStats("x", n_rows=2, exceeds_int64=True, number_ranges={PLAIN: (0.0, 1e19)})
    stats.kind_counts["int"] = 2
    assert infer_column(stats).type == "float"


@pytest.mark.parametrize(("counts", "expected"), [((9, 10), True), ((10, 10), False)])
def test_a_decimal_comma_is_one_that_reads_more_than_a_point(counts: Any, expected: bool) -> None:
    stats = ColumnStats("x")
    stats.style_counts.update(dict(zip((PLAIN, DECIMAL_COMMA), counts, strict=True)))
    assert uses_decimal_comma([stats]) == expected
