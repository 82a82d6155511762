"""An owner's plot becomes records, or a picture with the same bytes each time."""

import json
from pathlib import Path

import numpy as np
import pytest

from lockstep.core.errors import DataError
from lockstep.evaluation.own_plots import write_own_plots
from template.tests.support.extending import write_component

RNG = np.random.default_rng(2)
Y = RNG.integers(0, 2, 100)
P = RNG.random(100)
SPEC = """def own(y_true, y_prob, *, mark="bar"):
    values = [{"x": i, "y": float(p)} for i, p in enumerate(y_prob[:5])]
    encoding = {n: {"field": n, "type": "quantitative"} for n in "xy"}
    return {"mark": mark, "data": {"values": values}, "encoding": encoding}
"""


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with the plot of docs/extending.md."""
    monkeypatch.chdir(tmp_path)
    write_component(tmp_path, "plots", "score_histogram")
    return tmp_path


def written(plots: dict[str, object]) -> dict[str, bytes]:
    write_own_plots(Path("own"), plots, "binary", Y, P, 0.5)
    return {path.name: path.read_bytes() for path in sorted(Path("own").iterdir())}


def test_records_are_written_and_the_folder_is_never_empty() -> None:
    assert written({}) == {"_keep.json": b"[]\n"}
    files = written({"score_histogram": {"bins": 4}})
    records = json.loads(files["score_histogram.json"])
    assert len(records) == 8 and sum(record["rows"] for record in records) == 100
    assert list(written({})) == ["_keep.json"]


def test_a_specification_becomes_the_same_picture_each_time(root: Path) -> None:
    write_component(root, "plots", "own", SPEC)
    first = written({"own": {}})
    assert list(first) == ["_keep.json", "own.svg"] and first["own.svg"].startswith(b"<svg")
    assert written({"own": {}}) == first


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("3", r"own\(\) returned int; expected a list of records"),
        ("{'data': {'values': []}}", r"own\(\) returned dict; expected"),
        ("[{'x': [1]}]", r"record 0 that own\(\) returned is no flat mapping"),
        ("[3]", "record 0 that"),
        ("{'mark': 'bar', 'data': {'url': 'x.csv'}}", "its data has a url"),
        ("{'mark': 'nope'}", "Vega-Lite cannot draw it: "),
        ("y_true['x']", r"IndexError: .*\(components/plots/own\.py, own\(\), line 2\)"),
    ],
)
def test_what_a_plot_may_not_return_is_one_line(root: Path, value: str, words: str) -> None:
    write_component(root, "plots", "own", f"def own(y_true, y_pred):\n    return {value}\n")
    with pytest.raises(DataError, match=words) as error:
        written({"own": None})
    assert "components/plots/own.py" in str(error.value) and "\n" not in str(error.value)
