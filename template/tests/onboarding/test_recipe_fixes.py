"""A recipe fixes what this source needs, and nothing else."""

from lockstep.onboarding.column import Column
from lockstep.onboarding.date_formats import ISO
from lockstep.onboarding.dialect import Dialect
from lockstep.onboarding.number_formats import POINTS
from lockstep.onboarding.plan import Plan
from lockstep.onboarding.recipe_fixes import find_fixes, shared_missing_texts
from lockstep.onboarding.source_files import SourceFiles


def plan_of(*columns: Column, kind: str = "csv") -> Plan:
    """Return a plan in which all columns are features."""
    dialect = Dialect("utf-8", ",") if kind == "csv" else None
    files = SourceFiles(kind, f".{kind}", [], dialect, 100)
    by_name = {column.name: column for column in columns}
    return Plan("mine", files, 9, by_name, {}, "y", numeric=list(by_name))


def test_a_plain_table_needs_no_fix() -> None:
    fixes = find_fixes(plan_of(Column("x", "int", 9), Column("c", "str", 9), kind="parquet"))
    assert not fixes.read_options and not fixes.missing_texts and not fixes.labels
    assert not fixes.number_formats and not fixes.time_formats


def test_texts_that_mean_missing_everywhere_are_an_option_of_the_reader() -> None:
    sex = Column("sex", "str", 9, missing_texts=["NA", "n/a"])
    country = Column("country", "str", 9, missing_texts=["n/a"], literal_texts=["NA"])
    assert shared_missing_texts(plan_of(sex)) == ["", "NA", "n/a"]
    both = plan_of(sex, country)
    assert shared_missing_texts(both) == ["", "n/a"]
    assert find_fixes(both).missing_texts == {"sex": ["NA"]}


def test_a_usual_text_for_missing_needs_no_fix_in_a_number() -> None:
    x = Column("x", "int", 9, missing_texts=["null", "unknown"])
    assert find_fixes(plan_of(x, kind="jsonl")).missing_texts == {"x": ["unknown"]}


def test_columns_are_grouped_by_how_their_numbers_are_written() -> None:
    columns = [Column(name, "float", 9, number_style=POINTS) for name in ("a", "b")]
    signs = Column("c", "float", 9, number_style=POINTS, has_affixes=True)
    formats = find_fixes(plan_of(*columns, signs, Column("d", "float", 9))).number_formats
    assert [(entry.columns, entry.example) for entry in formats] == [
        (["a", "b"], "1.234,5"),
        (["c"], "1.234,5"),
    ]


def test_a_time_is_read_where_its_format_or_its_period_needs_it() -> None:
    iso, german = Column("t", "datetime", 9), Column("u", "datetime", 9, time_format="%d.%m.%Y")
    plan = plan_of(iso, german)
    assert find_fixes(plan).time_formats == {"u": "%d.%m.%Y"}
    plan.time, plan.period, plan.unit = "t", "month", "month"
    fixes = find_fixes(plan)
    assert fixes.time_formats == {"t": ISO, "u": "%d.%m.%Y"}
    assert fixes.strptime_formats == {"u": "%d.%m.%Y"}


def test_labels_are_text_where_the_target_is_read_as_text() -> None:
    csv, parquet = plan_of(Column("y", "int", 9)), plan_of(Column("y", "int", 9), kind="parquet")
    csv.labels = parquet.labels = {1: 0, 2: 1}
    assert find_fixes(csv).labels == {1: "0", 2: "1"}
    assert find_fixes(parquet).labels == {1: 0, 2: 1}
