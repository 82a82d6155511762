"""Names of columns: which are kept, what the others become, and what is made beside them."""

import pytest

from lockstep.onboarding.column import Column
from lockstep.onboarding.plan import Plan, name_parts, rename_columns, unused_name
from lockstep.onboarding.source_files import SourceFiles


def test_only_names_that_configuration_cannot_hold_are_changed() -> None:
    renamed = rename_columns(["a b", "class", "${x}", "???", "a\nb", " lead", "{x}"])
    assert renamed == {"${x}": "{x}_", "???": "column_4", "a\nb": "a b_", " lead": "lead"}


def test_an_unused_name_collides_with_none() -> None:
    assert unused_name("a", {"b"}) == "a" and unused_name("a", {"a", "a_"}) == "a__"


@pytest.mark.parametrize("name", ["customerId", "customer_id", "Customer id", "customer-id2"])
def test_the_words_of_a_name_do_not_depend_on_its_spelling(name: str) -> None:
    assert name_parts(name) == ["customer", "id"]


def test_declared_columns_are_those_with_a_role_in_the_order_of_the_source() -> None:
    columns = {name: Column(name, "int", 9) for name in ("t_month", "x", "t", "id", "wave", "y")}
    files = SourceFiles("parquet", ".parquet", [], None, 9)
    plan = Plan("mine", files, 9, columns, {}, "y", key=["id"], numeric=["x"], period="wave")
    assert plan.declared == ["x", "id", "wave", "y"] and not plan.makes_period
    plan.time, plan.period, plan.unit, plan.time_parts = "t", "month", "month", {"t": ["month"]}
    assert plan.declared == ["x", "t", "id", "y"] and plan.makes_period
    assert plan.time_features == {"t_month_": ("t", "month")}
