"""A Vega-Lite specification is told from a mapping of numbers, and has its data within."""

from pathlib import Path

import pytest

from lockstep.core.errors import DataError
from lockstep.core.vega_lite import is_specification, refuse_external_data


def test_a_specification_has_a_view() -> None:
    assert is_specification({"mark": "bar"}) and is_specification({"layer": []})
    assert not is_specification({"layer": 3, "repeat": 0.5}) and not is_specification(
        [{"mark": "bar"}]
    )


def test_data_of_a_url_is_refused_wherever_it_stands() -> None:
    layers = [{"mark": "bar"}, {"mark": "line", "data": {"url": "https://example.org/x.csv"}}]
    with pytest.raises(DataError, match=r"metrics/own/x\.json: its data has a url"):
        refuse_external_data({"layer": layers}, Path("metrics/own/x.json"))
    refuse_external_data({"layer": layers[:1], "data": {"values": []}}, Path("x.json"))
