"""What the owner's plots and stages add to the report: files of metrics/plots/own/ and metrics/own/.

NAME.json is a mapping of numbers, shown as a table; or a list of records or a Vega-Lite plot, which is drawn.
NAME.svg and NAME.png are shown. A file whose name begins with . or _ is left out.
"""

import base64
import html
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lockstep.core.errors import DataError
from lockstep.core.escaping import Html, plot_specification
from lockstep.core.files import read_text
from lockstep.core.formatting import Outside, Table, html_table, is_number
from lockstep.core.vega_lite import conversion_reason, is_specification, refuse_external_data
from lockstep.report.figures import Plot, Record, Spec, layer, placed, spec

IMAGES = {".svg": "image/svg+xml", ".png": "image/png"}
PNG_START = b"\x89PNG"
MAX_TABLE_ROWS = 30  # records of a plot that are shown as a table, too
REMEDY = "see docs/extending.md"


@dataclass
class OwnResults:
    """What a folder of the owner's results holds, ready to be shown: tables, plots to draw, and pictures."""

    tables: list[Html] = field(default_factory=list)
    plots: list[Plot] = field(default_factory=list)
    images: list[Html] = field(default_factory=list)

    @property
    def html(self) -> Html:
        """The tables, then a place for each plot and picture; empty where there is nothing."""
        figures = placed(self.plots, self.images) if self.plots or self.images else ""
        return Html("".join(self.tables) + figures)


def read_own_results(folder: Path) -> OwnResults:
    """Read a folder, which need not exist. Raises DataError that names a file which cannot be shown."""
    results = OwnResults()
    for path in sorted(folder.glob("*")):
        if path.name.startswith((".", "_")) or path.is_dir():
            continue
        if path.suffix in IMAGES:
            results.images.append(image(path))
        elif path.suffix == ".json":
            add_json(results, path)
        else:
            raise bad_file(path, "is no .json, .svg or .png")
    return results


def bad_file(path: Path, problem: str) -> DataError:
    """Return the error about a file that cannot be shown."""
    return DataError(f"{path.as_posix()} {problem}; {REMEDY}")


def add_json(results: OwnResults, path: Path) -> None:
    """Add what a JSON file holds: a table of numbers, records, or a Vega-Lite plot."""
    try:
        value = json.loads(read_text(path, REMEDY))
    except json.JSONDecodeError as error:
        raise bad_file(path, f"is not JSON ({error})") from error
    if isinstance(value, list):
        if value:
            results.plots.append(records_plot(path, value))
    elif is_specification(value):
        results.plots.append(specification_plot(path, value))
    elif isinstance(value, dict):
        results.tables.append(numbers_table(path, value))
    else:
        raise bad_file(path, "holds neither numbers by name, nor records, nor a Vega-Lite plot")


def title_of(path: Path) -> str:
    """Return a file's name as a title."""
    return path.stem.replace("_", " ")


def element_name(path: Path) -> str:
    """Return a name for the element of a plot, without a character that HTML or JavaScript reads."""
    return "own-" + path.as_posix().encode().hex()


def numbers_table(path: Path, numbers: dict[str, Any]) -> Html:
    """Return numbers by name as a table; null is a number that is not known."""
    for name, value in numbers.items():
        if value is not None and not is_number(value):
            raise bad_file(path, f"has {name!r}, which is no number")
    rows = [[name, value] for name, value in numbers.items()]
    return html_table(Table(["name", "value"], rows, title_of(path)))


def image(path: Path) -> Html:
    """Return a picture as a figure that holds its bytes; a script in an SVG does not run in a picture."""
    content = path.read_bytes()
    is_whole = content.startswith(PNG_START) if path.suffix == ".png" else b"<svg" in content[:2000]
    if not is_whole:
        raise bad_file(path, f"is no {path.suffix.removeprefix('.').upper()} picture")
    data = base64.b64encode(content).decode()
    title = html.escape(title_of(path))
    source = f"data:{IMAGES[path.suffix]};base64,{data}"
    return Html(f'<figure><h3>{title}</h3><img alt="{title}" src="{source}"></figure>')


def specification_plot(path: Path, specification: Spec) -> Plot:
    """Return a Vega-Lite plot. Raises DataError where it reads a URL, or Vega-Lite refuses it."""
    import vl_convert

    refuse_external_data(specification, path)
    specification = plot_specification(specification)
    try:
        vl_convert.vegalite_to_vega(specification)
    except ValueError as error:
        raise bad_file(path, f"is no Vega-Lite plot ({conversion_reason(error)})") from error
    is_single = "mark" in specification or "layer" in specification
    wide = {"width": "container", **specification} if is_single else specification
    return Plot(element_name(path), title_of(path), "", wide)


def channel(name: str, records: list[Record]) -> Spec:
    """Return a channel of a field: quantitative where its values are numbers, nominal where not."""
    values = [record.get(name) for record in records]
    has_numbers = all(value is None or is_number(value) for value in values)
    escaped = "".join(f"\\{char}" if char in "\\.[]'\"" else char for char in name)
    if has_numbers:
        return {"field": escaped, "type": "quantitative", "title": name, "scale": {"zero": False}}
    return {"field": escaped, "type": "nominal", "title": name, "sort": None}


def records_plot(path: Path, records: list[Any]) -> Plot:
    """Return a plot of records: their first field is x, the second y, the third the colour.

    Bars stand on a first field of texts, points on numbers; a line joins points where each x is there once.
    """
    check_records(path, records)
    names = list(records[0])
    x, y = channel(names[0], records), channel(names[1], records)
    colour = {"color": {**channel(names[2], records), "scale": {}}} if len(names) > 2 else {}
    keys = {
        (record.get(names[0]), *(record.get(name) for name in names[2:3])) for record in records
    }
    mark: Spec = {"type": "point", "filled": True, "opacity": 1, "tooltip": True}
    if x["type"] == "nominal":
        y.pop("scale", None)  # a bar starts at zero
        mark = {"type": "bar", "tooltip": True}
    elif len(keys) == len(records):
        mark = {"type": "line", "point": True, "tooltip": True}
    title = title_of(path)
    plot = spec(title, records, [layer(mark, x, y, **colour)])
    table = None
    if len(records) <= MAX_TABLE_ROWS:
        rows = [[record.get(name) for name in names] for record in records]
        table = html_table(Table([Outside(name) for name in names], rows, title))
    return Plot(element_name(path), title, f"{len(records)} records.", plot, table)


def check_records(path: Path, records: list[Any]) -> None:
    """Raise DataError for records that are not flat, or have fewer than two fields."""
    for number, record in enumerate(records):
        is_flat = isinstance(record, dict) and not any(
            isinstance(value, dict | list) for value in record.values()
        )
        if not is_flat:
            raise bad_file(path, f"has record {number}, which is no flat mapping")
        if len(record) < 2:
            raise bad_file(path, f"has record {number} with fewer than two fields, for x and y")
