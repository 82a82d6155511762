"""The plots of the report, as Vega-Lite with the data within."""

import html
from dataclasses import dataclass
from typing import Any

from lockstep.report.page import Html, number, percent, table

Record = dict[str, Any]
TOP_FEATURES = 20


@dataclass(frozen=True)
class Plot:
    """A Vega-Lite plot with what it shows in words, and a table of it where that is short."""

    name: str
    title: str
    caption: str
    spec: Record
    table: Html | None = None


def placed(plots: list[Plot]) -> Html:
    """A place for each plot, with its words."""

    def one(plot: Plot) -> str:
        more = f"<details><summary>As a table</summary>{plot.table}</details>" if plot.table else ""
        return (
            f"<figure><h3>{html.escape(plot.title)}</h3>"
            f'<div class=plot id="plot-{plot.name}"></div>'
            f"<figcaption>{html.escape(plot.caption)}</figcaption>{more}</figure>"
        )

    missing = "<noscript><p>The plots need JavaScript; the tables do not.</p></noscript>"
    return Html(missing + "<div class=plots>" + "\n".join(map(one, plots)) + "</div>")


def axis(field: str, title: str, **scale: Any) -> Record:
    """A quantitative channel."""
    return {"field": field, "type": "quantitative", "title": title, "scale": scale}


def layer(kind: Record | str, x: Record, y: Record, values: Any = None, **more: Any) -> Record:
    """A mark at x and y, of its own data where it has some."""
    data = {} if values is None else {"data": {"values": values}}
    return {**data, "mark": kind, "encoding": {"x": x, "y": y, **more}}


def spec(description: str, values: Any, layers: list[Record], height: int = 280) -> Record:
    """A plot as wide as the place it has."""
    return {
        "description": description,
        "width": "container",
        "height": height,
        "data": {"values": values},
        "layer": layers,
    }


LINE: Record = {"type": "line", "tooltip": True, "strokeWidth": 2.5}
REFERENCE: Record = {"type": "line", "style": "reference"}
CHOSEN: Record = {
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
    line: list[tuple[float, float]],
    chosen: Record | None = None,
) -> Record:
    """A line between 0 and 1 on both axes, with a dashed reference, and a point that was chosen."""
    across, up = (axis(*one, domain=[0, 1]) for one in (x, y))
    reference = [{x[0]: left, y[0]: right} for left, right in line]
    layers = [layer(REFERENCE, across, up, reference), layer(LINE, across, up)]
    if chosen is not None:
        layers.append(layer({**CHOSEN, "tooltip": True}, across, up, [chosen]))
    return spec(description, values, layers)


def rates(confusion: list[Record]) -> Record:
    """Where the threshold lies on both curves, of the counts of two classes, the positive one last."""
    if len(confusion) != 4:
        return {}
    tn, fp, fn, tp = (one["rows"] for one in confusion)
    if not (tn + fp and fn + tp and tp + fp):
        return {}
    recall = tp / (fn + tp)
    return {"fpr": fp / (tn + fp), "tpr": recall, "recall": recall, "precision": tp / (tp + fp)}


def roc(values: list[Record], test: Record, threshold: float | None) -> Plot:
    """True against false positives."""
    at, area = rates(test.get("confusion") or []), test["metrics"].get("roc_auc")
    chosen = f" The diamond is the threshold, {number(threshold)}." if at else ""
    said = f"Area {number(area)}; the dashed diagonal is chance, 0.5.{chosen}"
    x, y = ("fpr", "false positive rate"), ("tpr", "true positive rate")
    drawn = unit_square(f"ROC curve. {said}", values, x, y, [(0, 0), (1, 1)], at or None)
    return Plot("roc", "ROC", said, drawn)


def precision_recall(values: list[Record], test: Record, threshold: float | None) -> Plot:
    """Precision against recall."""
    at, area = rates(test.get("confusion") or []), test["metrics"].get("average_precision")
    base = test["baseline"].get("average_precision") or 0.0
    chosen = f" The diamond is the threshold, {number(threshold)}." if at else ""
    said = (
        f"Average precision {number(area)}; the dashed line is the dummy's, {number(base)}.{chosen}"
    )
    x, y = ("recall", "recall"), ("precision", "precision")
    level = [(0.0, base), (1.0, base)]
    drawn = unit_square(f"Precision and recall. {said}", values, x, y, level, at or None)
    return Plot("pr", "Precision and recall", said, drawn)


def calibration(values: list[Record]) -> Plot:
    """Observed against predicted rate, with the rows of each bin."""
    said = "Per bin, a larger point for more rows; on the dashed diagonal, predicted is observed."
    x, y = (("predicted", "predicted probability"), ("observed", "observed rate"))
    drawn = unit_square(f"Calibration. {said}", values, x, y, [(0, 0), (1, 1)])
    across, up = (axis(*one, domain=[0, 1]) for one in (x, y))
    size = {**axis("rows", "rows", range=[30, 400], zero=True), "legend": None}
    point = {"type": "point", "filled": True, "opacity": 1, "tooltip": True}
    drawn["layer"].append(layer(point, across, up, size=size))
    rows = [[one["predicted"], one["observed"], one["rows"]] for one in values]
    shown = table("Calibration, per bin", ["predicted", "observed", "rows"], rows)
    return Plot("calibration", "Calibration", said, drawn, shown)


def confusion(values: list[Record]) -> Plot:
    """Counts of actual against predicted classes; how strong a cell is tells its share of the row."""
    sums: dict[str, int] = {}
    for one in values:
        sums[one["actual"]] = sums.get(one["actual"], 0) + one["rows"]
    counted = [{**one, "share": one["rows"] / (sums[one["actual"]] or 1)} for one in values]
    few = len(sums) <= 5

    def channel(name: str, angle: int) -> Record:
        look = {"labelLimit": 110, "grid": False, "labelAngle": angle}
        return {"field": name, "type": "nominal", "sort": None, "title": name, "axis": look}

    x, y = channel("predicted", 0 if few else -45), channel("actual", 0)
    strength = {**axis("share", "share of actual", domain=[0, 1], range=[0.03, 0.55]),
                "legend": None}  # fmt: skip
    tips = [{"field": name, "type": "nominal"} for name in ("actual", "predicted")]
    tips += [
        {"field": "rows", "type": "quantitative", "format": ",d"},
        {"field": "share", "type": "quantitative", "format": ".2%", "title": "share of actual"},
    ]
    rows = {"field": "rows", "type": "quantitative", "format": ",d"}
    share = {"field": "share", "type": "quantitative", "format": ".1%"}
    layers = [
        layer({"type": "rect", "style": "heat"}, x, y, fillOpacity=strength, tooltip=tips),
        layer(
            {"type": "text", "fontSize": 15 if few else 10, "dy": -8 if few else 0}, x, y, text=rows
        ),
    ]
    if few:
        layers.append(layer({"type": "text", "fontSize": 12, "dy": 11}, x, y, text=share))
    total = sum(sums.values())
    said = f"{total:,} rows of test; the stronger a cell, the larger its share of the actual class."
    drawn = spec(
        f"Confusion matrix. {said}",
        counted,
        layers,
        (30 if not few else 64 if len(sums) > 2 else 96) * len(sums),
    )
    listed = [[o["actual"], o["predicted"], o["rows"], percent(o["share"])] for o in counted]
    head = ["actual", "predicted", "rows", "share of actual"]
    return Plot("confusion", "Confusion", said, drawn, table("Confusion", head, listed))


def residuals(values: list[Record]) -> Plot:
    """What is left against the prediction."""
    said = (
        f"Actual less predicted, {len(values):,} rows of test; above the line, too little was said."
    )
    x, y = axis("predicted", "predicted", zero=False), axis("residual", "residual")
    zero = {"mark": {"type": "rule", "style": "reference"}, "encoding": {"y": {"datum": 0}}}
    point = {"type": "point", "filled": True, "opacity": 0.5, "size": 28, "tooltip": True}
    return Plot(
        "residuals",
        "Residuals",
        said,
        spec(f"Residuals. {said}", values, [layer(point, x, y), zero]),
    )


def importance(values: list[Record]) -> Plot:
    """The features whose shuffling costs most."""
    ordered = sorted(values, key=lambda one: (-(one["importance"] or 0.0), one["feature"]))
    top = ordered[:TOP_FEATURES]
    said = f"Rise of the loss when a feature is shuffled; the top {len(top)} of {len(values)} features."
    y = {"field": "feature", "type": "nominal", "sort": None, "title": None,
         "axis": {"labelLimit": 140}}  # fmt: skip
    bar = layer({"type": "bar", "tooltip": True}, axis("importance", "rise of the loss"), y)
    drawn = spec(f"Importance. {said}", top, [bar], max(20 * len(top), 60))
    rows = [[one["feature"], one["importance"]] for one in top]
    shown = table("Importance", ["feature", "rise of the loss"], rows)
    return Plot("importance", "Feature importance", said, drawn, shown)


def learning_curve(values: list[Record]) -> Plot:
    """Loss per step on train and valid, told apart by colour and dash."""
    last = {one["rows"]: one["loss"] for one in values}
    ends = ", ".join(f"{name} {number(loss)}" for name, loss in last.items())
    said = f"Loss per step of training; at the end: {ends}."
    rows = {"field": "rows", "type": "nominal", "sort": None}
    x, y = (
        {
            **axis("step", "step", zero=False, nice=False),
            "axis": {"format": ",d", "tickMinStep": 1},
        },
        axis("loss", "loss", zero=False),
    )
    line = layer(LINE, x, y, color=rows, strokeDash=rows)
    return Plot(
        "learning_curve", "Learning curve", said, spec(f"Learning curve. {said}", values, [line])
    )
