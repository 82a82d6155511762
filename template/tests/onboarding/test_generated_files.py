"""The templates write no value but through a serializer, and what they make is complete."""

import importlib.resources

import jinja2
import pytest

from lockstep.onboarding.generated_files import environment, file_paths


def test_each_template_makes_one_file() -> None:
    templates = importlib.resources.files("lockstep.onboarding") / "templates"
    assert {path.name for path in templates.iterdir()} == set(file_paths("mine"))
    assert len(set(file_paths("mine").values())) == len(file_paths("mine"))


def test_a_value_without_a_serializer_is_refused() -> None:
    assert environment().from_string("{{ x | yaml }}").render(x="a: b") == '"a: b"'
    with pytest.raises(TypeError, match="without a filter"):
        environment().from_string("x: {{ x }}").render(x="a: b")


def test_an_unknown_value_is_refused() -> None:
    with pytest.raises(jinja2.UndefinedError):
        environment().from_string("{{ nowhere | yaml }}").render()
