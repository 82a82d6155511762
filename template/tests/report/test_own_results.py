"""What an owner's plots and stages wrote is shown, its text escaped; a file that cannot be shown is named."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from lockstep.core.errors import DataError
from lockstep.report.own_results import read_own_results

HOSTILE = "</script><b onclick=alert(1)>\"'&"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


def write(folder: Path, name: str, value: Any) -> Path:
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    (folder / name).write_bytes(content)
    return folder


def test_a_folder_that_is_not_there_shows_nothing(tmp_path: Path) -> None:
    assert read_own_results(tmp_path / "own").html == ""
    write(tmp_path, "_keep.json", [])
    write(tmp_path, ".gitignore", b"/x\n")
    assert read_own_results(tmp_path).html == ""


def test_numbers_are_a_table(tmp_path: Path) -> None:
    write(tmp_path, "review_queue.json", {"rows": 150, HOSTILE: None, "share": 0.25})
    page = read_own_results(tmp_path).html
    assert "<caption>review queue</caption>" in page and "0.2500" in page and "150" in page
    assert "<b" not in page and "&lt;b onclick" in page


def test_records_are_drawn_first_field_x_second_y_third_colour(tmp_path: Path) -> None:
    write(
        tmp_path,
        "counts.json",
        [{"a.b": "x", "rows": 1, HOSTILE: "u"}, {"a.b": "y", "rows": 2, HOSTILE: "v"}],
    )
    write(tmp_path, "curve.json", [{"step": 1, "loss": 0.5}, {"step": 2, "loss": 0.4}])
    results = read_own_results(tmp_path)
    counts, curve = (plot.spec["layer"][0] for plot in results.plots)
    assert counts["mark"]["type"] == "bar" and curve["mark"]["type"] == "line"
    assert counts["encoding"]["x"]["field"] == "a\\.b" and "color" in counts["encoding"]
    assert "<b" not in results.html and results.plots[0].name.isascii()


def test_a_specification_is_drawn_as_wide_as_its_place(tmp_path: Path) -> None:
    spec = {
        "mark": "bar",
        "data": {"values": []},
        "encoding": {"x": {"field": "a", "type": "nominal"}},
    }
    [plot] = read_own_results(write(tmp_path, "own.json", spec)).plots
    assert plot.spec == {"width": "container", **spec}


def test_a_picture_is_within_the_page(tmp_path: Path) -> None:
    write(tmp_path, "tree.png", PNG)
    write(tmp_path, "<b>.svg", b'<svg xmlns="http://www.w3.org/2000/svg"></svg>')
    page = read_own_results(tmp_path).html
    assert f'src="data:image/png;base64,{base64.b64encode(PNG).decode()}"' in page
    assert "data:image/svg+xml;base64," in page and "<b>" not in page


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("bad.json", b"{", "is not JSON"),
        ("bad.json", b"\xff\xfe", "is damaged: it is not UTF-8"),
        ("bad.json", {"a": "text"}, "has 'a', which is no number"),
        ("bad.json", 3, "holds neither numbers by name, nor records"),
        ("bad.json", [{"x": 1}], "record 0 with fewer than two fields"),
        ("bad.json", [{"x": 1, "y": [2]}], "record 0, which is no flat mapping"),
        ("bad.json", {"mark": "nope"}, "is no Vega-Lite plot"),
        ("bad.json", {"mark": "bar", "data": {"url": "https://example.org"}}, "its data has a url"),
        ("bad.png", b"text", "is no PNG picture"),
        ("bad.svg", b"text", "is no SVG picture"),
        ("bad.csv", b"a,b\n", "is no .json, .svg or .png"),
    ],
)
def test_a_bad_file_is_one_line_that_names_it(
    tmp_path: Path, name: str, value: Any, words: str
) -> None:
    with pytest.raises(DataError, match=words) as error:
        read_own_results(write(tmp_path, name, value))
    assert f"/{name}" in str(error.value) and "\n" not in str(error.value)
