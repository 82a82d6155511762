"""The plots of the report, as Vega-Lite with the data within."""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lockstep.core.escaping import Html
from lockstep.core.formatting import Table, count, html_table, number, percent

Spec = dict[str, Any]  # Vega-Lite, or a part of it
Record = dict[str, Any]  # one record of metrics/plots/
TOP_FEATURES = 20
SMALL_MATRIX = 5  # classes whose confusion has room for shares


@dataclass(frozen=True)
class Plot:
    """A Vega-Lite plot with a caption, and a table of it where that is short."""

    name: str
    title: str
    caption: str
    spec: Spec
    table: Html | None = None


def figure(plot: Plot) -> str:
    """Return the place of a plot, with its caption and its table."""
    folded = f"<details><summary>As a table</summary>{plot.table}</details>" if plot.table else ""
    return (
        f"<figure><h3>{html.escape(plot.title)}</h3>"
        f'<div class=plot id="plot-{plot.name}"></div>'
        f"<figcaption>{html.escape(plot.caption)}</figcaption>{folded}</figure>"
    )


def placed(plots: list[Plot], images: Sequence[Html] = ()) -> Html:
    """Return a place for each plot, and the pictures, which are HTML already."""
    missing = "<noscript><p>The plots need JavaScript; the tables do not.</p></noscript>"
    return Html(
        missing + "<div class=plots>" + "\n".join([*map(figure, plots), *images]) + "</div>"
    )


def axis(field: str, title: str, **scale: Any) -> Spec:
    """Return a quantitative channel."""
    return {"field": field, "type": "quantitative", "title": title, "scale": scale}


def layer(mark: Spec | str, x: Spec, y: Spec, values: Any = None, **channels: Any) -> Spec:
    """Return a mark at x and y.

    Parameters
    ----------
    mark : str or dict
    x, y : dict
        The channels of the two axes.
    values : list of dict, optional
        The layer's own data; if left out, the plot's.
    **channels : dict
        What else is encoded: colour, size, a tooltip.

    Returns
    -------
    dict
    """
    data = {} if values is None else {"data": {"values": values}}
    return {**data, "mark": mark, "encoding": {"x": x, "y": y, **channels}}


def spec(description: str, values: Any, layers: list[Spec], height: int = 280) -> Spec:
    """Return a plot of layers, as wide as its place.

    Parameters
    ----------
    description : str
        What a screen reader says.
    values : list of dict
        The data that the layers share.
    layers : list of dict
    height : int
        In pixels.

    Returns
    -------
    dict
    """
    return {
        "description": description,
        "width": "container",
        "height": height,
        "data": {"values": values},
        "layer": layers,
    }


LINE: Spec = {"type": "line", "tooltip": True, "strokeWidth": 2.5}
REFERENCE: Spec = {"type": "line", "style": "reference"}
CHOSEN: Spec = {
    "type": "point",
    "style": "chosen",
    "filled": True,
    "opacity": 1,
    "shape": "diamond",
    "size": 110,
}


def unit_square(
    description: str,
    values: list[Record],
    x: tuple[str, str],
    y: tuple[str, str],
    reference: list[tuple[float, float]],
    chosen: Record | None = None,
) -> Spec:
    """Return a line between 0 and 1 on both axes, with a dashed reference.

    Parameters
    ----------
    description : str
        What a screen reader says.
    values : list of dict
        The line's points.
    x, y : tuple of two str
        Field and title of the axis.
    reference : list of two points
        Ends of the dashed line.
    chosen : dict, optional
        A point to mark: where the threshold lies.

    Returns
    -------
    dict
    """
    x_axis, y_axis = axis(*x, domain=[0, 1]), axis(*y, domain=[0, 1])
    ends = [{x[0]: x_value, y[0]: y_value} for x_value, y_value in reference]
    layers = [layer(REFERENCE, x_axis, y_axis, ends), layer(LINE, x_axis, y_axis)]
    if chosen is not None:
        layers.append(layer({**CHOSEN, "tooltip": True}, x_axis, y_axis, [chosen]))
    return spec(description, values, layers)


def rates(cells: list[Record]) -> Record:
    """Return where the threshold lies on both curves, of a confusion whose last class is the positive one."""
    if len(cells) != 4:
        return {}
    tn, fp, fn, tp = (cell["rows"] for cell in cells)
    if not (tn + fp and fn + tp and tp + fp):
        return {}
    recall = tp / (fn + tp)
    return {"fpr": fp / (tn + fp), "tpr": recall, "recall": recall, "precision": tp / (tp + fp)}


def threshold_remark(point: Record, threshold: float | None) -> str:
    """Return the sentence on the point that marks the threshold; nothing without a point."""
    return f" The diamond is the threshold, {number(threshold)}." if point else ""


def roc(values: list[Record], test: Record, threshold: float | None) -> Plot:
    """Return true against false positives.

    Parameters
    ----------
    values : list of dict
        Points of the curve.
    test : dict
        metrics/test.json.
    threshold : float or None

    Returns
    -------
    Plot
    """
    point, area = rates(test.get("confusion") or []), test["metrics"].get("roc_auc")
    remark = threshold_remark(point, threshold)
    caption = f"Area {number(area)}; the dashed diagonal is chance, 0.5.{remark}"
    x, y = ("fpr", "false positive rate"), ("tpr", "true positive rate")
    diagonal: list[tuple[float, float]] = [(0, 0), (1, 1)]
    plot = unit_square(f"ROC curve. {caption}", values, x, y, diagonal, point or None)
    return Plot("roc", "ROC", caption, plot)


def precision_recall(values: list[Record], test: Record, threshold: float | None) -> Plot:
    """Return precision against recall.

    Parameters
    ----------
    values : list of dict
        Points of the curve.
    test : dict
        metrics/test.json.
    threshold : float or None

    Returns
    -------
    Plot
    """
    point, area = rates(test.get("confusion") or []), test["metrics"].get("average_precision")
    base = test["baseline"].get("average_precision") or 0.0
    caption = (
        f"Average precision {number(area)}; the dashed line is the dummy's, {number(base)}."
        f"{threshold_remark(point, threshold)}"
    )
    x, y = ("recall", "recall"), ("precision", "precision")
    level = [(0.0, base), (1.0, base)]
    description = f"Precision and recall. {caption}"
    plot = unit_square(description, values, x, y, level, point or None)
    return Plot("pr", "Precision and recall", caption, plot)


def calibration(values: list[Record]) -> Plot:
    """Return observed against predicted rate, with the rows of each bin."""
    caption = (
        "Per bin, a larger point for more rows; on the dashed diagonal, predicted is observed."
    )
    x, y = ("predicted", "predicted probability"), ("observed", "observed rate")
    plot = unit_square(f"Calibration. {caption}", values, x, y, [(0, 0), (1, 1)])
    x_axis, y_axis = axis(*x, domain=[0, 1]), axis(*y, domain=[0, 1])
    size = {**axis("rows", "rows", range=[30, 400], zero=True), "legend": None}
    point = {"type": "point", "filled": True, "opacity": 1, "tooltip": True}
    plot["layer"].append(layer(point, x_axis, y_axis, size=size))
    rows = [[record["predicted"], record["observed"], record["rows"]] for record in values]
    table = Table(["predicted", "observed", "rows"], rows, "Calibration, per bin")
    return Plot("calibration", "Calibration", caption, plot, html_table(table))


def with_shares(cells: list[Record]) -> list[Record]:
    """Return a confusion's cells, each with its share of the rows of its actual class."""
    totals: dict[str, int] = {}
    for cell in cells:
        totals[cell["actual"]] = totals.get(cell["actual"], 0) + cell["rows"]
    return [{**cell, "share": cell["rows"] / (totals[cell["actual"]] or 1)} for cell in cells]


def class_channel(name: str, angle: int) -> Spec:
    """Return an axis of classes whose labels stand at an angle."""
    labels = {"labelLimit": 110, "grid": False, "labelAngle": angle}
    return {"field": name, "type": "nominal", "sort": None, "title": name, "axis": labels}


def confusion_layers(small: bool) -> list[Spec]:
    """Return the cells of a matrix, coloured by their share and labelled with their rows."""
    x, y = class_channel("predicted", 0 if small else -45), class_channel("actual", 0)
    strength = {**axis("share", "share of actual", domain=[0, 1], range=[0.03, 0.55]),
                "legend": None}  # fmt: skip
    rows = {"field": "rows", "type": "quantitative", "format": ",d"}
    tooltip = [{"field": name, "type": "nominal"} for name in ("actual", "predicted")]
    tooltip += [
        rows,
        {"field": "share", "type": "quantitative", "format": ".2%", "title": "share of actual"},
    ]
    number_mark = {"type": "text", "fontSize": 15 if small else 10, "dy": -8 if small else 0}
    layers = [
        layer({"type": "rect", "style": "heat"}, x, y, fillOpacity=strength, tooltip=tooltip),
        layer(number_mark, x, y, text=rows),
    ]
    if small:
        share = {"field": "share", "type": "quantitative", "format": ".1%"}
        layers.append(layer({"type": "text", "fontSize": 12, "dy": 11}, x, y, text=share))
    return layers


def confusion(values: list[Record]) -> Plot:
    """Return counts of actual against predicted classes; a cell's colour shows its share of the row."""
    cells = with_shares(values)
    n_classes = len({cell["actual"] for cell in cells})
    total = sum(cell["rows"] for cell in cells)
    caption = f"{count(total)} rows of test; the stronger a cell, the larger its share of the actual class."
    small = n_classes <= SMALL_MATRIX
    row_height = 30 if not small else 64 if n_classes > 2 else 96
    layers = confusion_layers(small)
    plot = spec(f"Confusion matrix. {caption}", cells, layers, row_height * n_classes)
    rows = [
        [cell["actual"], cell["predicted"], cell["rows"], percent(cell["share"])] for cell in cells
    ]
    table = Table(["actual", "predicted", "rows", "share of actual"], rows, "Confusion")
    return Plot("confusion", "Confusion", caption, plot, html_table(table))


def residuals(values: list[Record]) -> Plot:
    """Return actual less predicted, against predicted."""
    n_rows = count(len(values))
    caption = f"Actual less predicted, {n_rows} rows of test; above the line, too little was said."
    x, y = axis("predicted", "predicted", zero=False), axis("residual", "residual")
    zero = {"mark": {"type": "rule", "style": "reference"}, "encoding": {"y": {"datum": 0}}}
    point = {"type": "point", "filled": True, "opacity": 0.5, "size": 28, "tooltip": True}
    plot = spec(f"Residuals. {caption}", values, [layer(point, x, y), zero])
    return Plot("residuals", "Residuals", caption, plot)


def importance(values: list[Record]) -> Plot:
    """Return the features whose shuffling costs most."""
    ordered = sorted(values, key=lambda record: (-(record["importance"] or 0.0), record["feature"]))
    top = ordered[:TOP_FEATURES]
    caption = f"Rise of the loss when a feature is shuffled; the top {len(top)} of {len(values)} features."
    y = {"field": "feature", "type": "nominal", "sort": None, "title": None,
         "axis": {"labelLimit": 140}}  # fmt: skip
    bar = layer({"type": "bar", "tooltip": True}, axis("importance", "rise of the loss"), y)
    plot = spec(f"Importance. {caption}", top, [bar], max(20 * len(top), 60))
    rows = [[record["feature"], record["importance"]] for record in top]
    table = Table(["feature", "rise of the loss"], rows, "Importance")
    return Plot("importance", "Feature importance", caption, plot, html_table(table))


def learning_curve(values: list[Record]) -> Plot:
    """Return the loss per step on train and valid, distinguished by colour and dash."""
    last_loss = {record["rows"]: record["loss"] for record in values}
    ends = ", ".join(f"{name} {number(loss)}" for name, loss in last_loss.items())
    caption = f"Loss per step of training; at the end: {ends}."
    rows = {"field": "rows", "type": "nominal", "sort": None}
    steps = {"format": ",d", "tickMinStep": 1}
    x = {**axis("step", "step", zero=False, nice=False), "axis": steps}
    line = layer(LINE, x, axis("loss", "loss", zero=False), color=rows, strokeDash=rows)
    plot = spec(f"Learning curve. {caption}", values, [line])
    return Plot("learning_curve", "Learning curve", caption, plot)
