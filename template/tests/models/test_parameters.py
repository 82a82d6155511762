"""What a parameter may be: refused by its key, its value and what is allowed."""

import pytest

from lockstep.models.parameters import Choice, Number, count, describe, is_allowed, refusal

RULES = {"depth": count(1, 16), "rate": Number(0, 1), "policy": Choice(("deep", True))}


@pytest.mark.parametrize(
    ("rule", "value", "expected"),
    [
        (count(1, 16), 16, True),
        (count(1, 16), 16.0, True),
        (count(1, 16), 1.5, False),
        (count(1, 16), True, False),
        (count(1, 16), None, False),
        (count(1, 16, none=True), None, True),
        (Number(0, 1), "0.5", False),
        (Number(0, 1), float("nan"), False),
        (Choice(("a", False)), 0, False),
        (Choice(("a", False)), False, True),
        (Choice(("a", False)), "a", True),
    ],
)
def test_a_value_obeys_its_rule_or_does_not(rule: Number, value: object, expected: bool) -> None:
    assert is_allowed(rule, value) is expected


def test_rules_are_described_for_a_person() -> None:
    assert [describe(rule) for rule in RULES.values()] == [
        "a whole number from 1 to 16",
        "0 to 1",
        "deep, true",
    ]
    assert describe(count(2, 3, none=True)) == "a whole number from 2 to 3, null"


def test_the_first_parameter_that_is_not_allowed_is_named() -> None:
    assert refusal("x", RULES, (), {"depth": 3, "rate": 2}) == ("model.params.rate", 2, "0 to 1")
    unknown = refusal("x", RULES, (), {"dept": 3})
    assert unknown == ("model.params.dept", 3, "for x, depth, rate, policy")
    missing = refusal("x", RULES, ("depth",), {"rate": 1})
    assert missing == (
        "model.params.depth", None, "a whole number from 1 to 16; it must be given"
    )  # fmt: skip
    assert refusal("x", RULES, ("depth",), {"depth": 1}) is None
