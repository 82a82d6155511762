"""The range of a number allows more than was seen, and keeps shares, ages and signs."""

import sys

import pytest

from lockstep.onboarding.column import Column, plausible_range

RANGES = {
    "whole numbers": (Column("x", "int", 9, low=3, high=90), (0.0, 140.0)),
    "below zero": (Column("x", "int", 9, low=-10, high=10), (-20.0, 20.0)),
    "share": (Column("x", "float", 9, low=0.1, high=0.9, has_fractions=True), (0.0, 1.0)),
    "age": (Column("age at entry", "int", 9, low=17, high=90), (0.0, 120.0)),
    "a word with age in it": (Column("mileage", "int", 9, low=17, high=90), (0.0, 130.0)),
    "constant": (Column("x", "int", 9, low=7, high=7), (3.0, 11.0)),
    "huge": (
        Column("x", "float", 9, low=-1e308, high=1e308),
        (-sys.float_info.max, sys.float_info.max),
    ),
}


@pytest.mark.parametrize("name", RANGES)
def test_the_plausible_range(name: str) -> None:
    column, expected = RANGES[name]
    assert plausible_range(column) == expected
