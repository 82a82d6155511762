"""What a serializer writes, YAML and Python read back as the same value."""

import ast
import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st
from omegaconf import OmegaConf

from lockstep.core.errors import DataError
from lockstep.onboarding.serializers import (
    YAML_WIDTH,
    to_comment,
    to_docstring,
    to_identifier,
    to_python,
    to_yaml,
    to_yaml_list,
    to_yaml_text,
)

Style = Callable[[str], str]
STYLES = st.sampled_from([to_yaml, to_yaml_text])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**70), 2**70) | st.sampled_from([0.1, -2.5, 1e16, 1e300, -1e-7, 5.0])
HOSTILE = [
    "yes",
    "null",
    "1e3",
    "2020-01-01",
    "a: b",
    "# c",
    "it's",
    'd"q',
    "{x}",
    "- a",
    "\x85",
    "名",
]


@given(st.none() | st.booleans() | NUMBERS | TEXTS | st.sampled_from(HOSTILE))
def test_yaml_reads_a_scalar_back(value: object) -> None:
    restored = yaml.safe_load(f"key: {to_yaml(value)}")["key"]
    assert type(restored) is type(value) or isinstance(value, float)
    assert math.isclose(restored, value) if isinstance(value, float) else restored == value


@given(st.dictionaries(TEXTS, st.lists(TEXTS)))
def test_yaml_reads_a_mapping_back(value: dict[str, list[str]]) -> None:
    assert yaml.safe_load(f"key: {to_yaml(value)}")["key"] == value


@pytest.mark.parametrize("value", ["2013", "2013-08", "it's", "a\nb", ""])
def test_a_period_stays_text(value: str) -> None:
    assert yaml.safe_load(f"until: {to_yaml_text(value)}")["until"] == value


@given(st.lists(TEXTS))
def test_a_long_list_is_broken_into_lines_and_read_back(values: list[str]) -> None:
    text = f"key: {to_yaml_list(values, start=5)}"
    assert yaml.safe_load(text)["key"] == values
    longest = max((len(to_yaml(value)) for value in values), default=0)
    assert max(map(len, text.split("\n"))) <= max(YAML_WIDTH, longest + 6)


@example('\\"\x1f')
@example('\\"')
@given(TEXTS | st.integers() | st.lists(TEXTS) | st.sampled_from(HOSTILE))
def test_python_reads_a_literal_back(value: object) -> None:
    literal = to_python(value)
    assert ast.literal_eval(literal) == value and "\n" not in literal


def test_thousands_are_parted_where_asked() -> None:
    assert (to_python(100_000, thousands=True), to_python(2019)) == ("100_000", "2019")


@given(TEXTS)
def test_a_comment_and_a_docstring_stay_one_line_that_nothing_ends(text: str) -> None:
    assert len(to_comment(text).splitlines()) <= 1
    (docstring,) = ast.parse(f'"""{to_docstring(text)}."""').body
    assert isinstance(docstring, ast.Expr)


@pytest.mark.parametrize("name", ["a-b", "1st", "x y", "a\n", ""])
def test_what_is_no_identifier_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not an identifier"):
        to_identifier(name)


@given(STYLES, TEXTS | st.sampled_from(["a'\nkind: 'random", "1e3", "{x", "\U0001f600\u2028"]))
def test_omegaconf_reads_a_text_back_as_that_text(style: Style, value: str) -> None:
    if "${" in value or value == "???":
        with pytest.raises(DataError, match="cannot stand in conf/"):
            style(value)
    else:
        text = f"key: {style(value)}\nafter: 1\n"
        assert OmegaConf.to_container(OmegaConf.create(text)) == {"key": value, "after": 1}


@pytest.mark.parametrize("value", ["${oc.env:SECRET}-06", "\\${x}", "???"])
@pytest.mark.parametrize("style", [to_yaml, to_yaml_text, lambda value: to_yaml({"k": [value]})])
def test_a_text_that_omegaconf_would_fill_in_is_refused(style: Style, value: str) -> None:
    with pytest.raises(DataError, match="cannot stand in conf/"):
        style(value)


class Hostile:
    """An object whose repr() is code."""

    def __repr__(self) -> str:
        return "__import__('os').system('touch pwned')"


@pytest.mark.parametrize(
    "value",
    [Hostile(), float("nan"), float("inf"), np.float64(1.5), pd.Timestamp("2020"), b"x", {1: 2}],
)
def test_what_no_literal_spells_is_not_written_to_python(value: object) -> None:
    with pytest.raises(TypeError, match="no literal"):
        to_python(value)
    with pytest.raises(TypeError, match="no literal"):
        to_python([value])


def test_an_object_is_not_written_to_yaml() -> None:
    with pytest.raises(TypeError, match="no value that YAML holds"):
        to_yaml(Hostile())
