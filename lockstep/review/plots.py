"""Plots of base and head together, as Vega-Lite, and as the bytes of a PNG.

Base is grey and dashed, head blue: the two differ without colour too.
"""

from lockstep.core.escaping import plot_data
from lockstep.report.figures import (
    LINE,
    REFERENCE,
    Record,
    Spec,
    axis,
    layer,
    spec,
    with_shares,
)
from lockstep.review.commit import CommitState

Sides = dict[str, list[Record]]  # the records of base and head; base may have none

TITLES = {
    "learning_curve": "Learning curve",
    "roc": "ROC",
    "pr": "Precision and recall",
    "calibration": "Calibration",
    "confusion": "Confusion",
    "residuals": "Residuals",
    "importance": "Feature importance",
}
MAX_LABELS = 15  # features, and classes of a matrix with numbers
LOOK: Spec = {
    "background": "white",
    "font": "sans-serif",
    "axis": {
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "labelLimit": 160,
    },
    "legend": {"orient": "top", "title": None, "labelFontSize": 12, "symbolStrokeWidth": 2.5},
    "style": {"reference": {"color": "#818b98", "strokeDash": [2, 3], "strokeWidth": 1}},
}
WIDTH = 420
COLOUR: Spec = {
    "field": "commit",
    "type": "nominal",
    "scale": {"domain": ["base", "head"], "range": ["#6b7480", "#0b62c4"]},
}
DASH: Spec = {
    "field": "commit",
    "type": "nominal",
    "scale": {"domain": ["base", "head"], "range": [[5, 3], [1, 0]]},
}


def tagged(sides: Sides) -> list[Record]:
    """Return all records, each with its commit."""
    return [{**record, "commit": name} for name, records in sides.items() for record in records]


def unit_axis(field: str, title: str) -> Spec:
    """Return a channel from 0 to 1."""
    return axis(field, title, domain=[0, 1])


def unit_square(sides: Sides, x: Spec, y: Spec, reference: list[Record]) -> Spec:
    """Return a line for each commit between 0 and 1.

    Parameters
    ----------
    sides : dict
    x, y : dict
        The channels of the two axes.
    reference : list of dict
        Ends of a dashed line; none if empty.

    Returns
    -------
    dict
    """
    line = layer(LINE, x, y, color=COLOUR, strokeDash=DASH)
    layers = [layer(REFERENCE, x, y, reference), line] if reference else [line]
    return spec("", tagged(sides), layers)


def roc(sides: Sides) -> Spec:
    """Return true against false positives; the dashed diagonal is chance."""
    x, y = unit_axis("fpr", "false positive rate"), unit_axis("tpr", "true positive rate")
    return unit_square(sides, x, y, [{"fpr": 0, "tpr": 0}, {"fpr": 1, "tpr": 1}])


def precision_recall(sides: Sides) -> Spec:
    """Return precision against recall."""
    x, y = unit_axis("recall", "recall"), unit_axis("precision", "precision")
    return unit_square(sides, x, y, [])


def calibration(sides: Sides) -> Spec:
    """Return observed against predicted rate; on the dashed diagonal they are the same."""
    x, y = unit_axis("predicted", "predicted probability"), unit_axis("observed", "observed rate")
    diagonal = [{"predicted": 0, "observed": 0}, {"predicted": 1, "observed": 1}]
    plot = unit_square(sides, x, y, diagonal)
    point = {"type": "point", "filled": True, "opacity": 1}
    plot["layer"].append(layer(point, x, y, color=COLOUR))
    return plot


def learning_curve(sides: Sides) -> Spec:
    """Return the loss per step, on train thin and on valid thick."""
    x = {**axis("step", "step", zero=False, nice=False), "axis": {"format": ",d", "tickMinStep": 1}}
    y = axis("loss", "loss (thick: valid, thin: train)", zero=False)
    width = {"field": "rows", "type": "nominal", "legend": None,
             "scale": {"domain": ["train", "valid"], "range": [1, 2.5]}}  # fmt: skip
    line = layer("line", x, y, color=COLOUR, strokeDash=DASH, strokeWidth=width)
    return spec("", tagged(sides), [line])


def residuals(sides: Sides) -> Spec:
    """Return actual less predicted, against predicted."""
    x, y = axis("predicted", "predicted", zero=False), axis("residual", "residual")
    zero = {"mark": {"type": "rule", "style": "reference"}, "encoding": {"y": {"datum": 0}}}
    point = {"type": "point", "filled": True, "opacity": 0.4, "size": 14}
    return spec("", tagged(sides), [layer(point, x, y, color=COLOUR), zero])


def importance(sides: Sides) -> Spec:
    """Return what shuffling a feature costs, of the features that cost most at head."""
    ordered = sorted(
        sides["head"], key=lambda record: (-(record["importance"] or 0.0), record["feature"])
    )
    names = [record["feature"] for record in ordered[:MAX_LABELS]]
    values = [record for record in tagged(sides) if record["feature"] in names]
    y = {"field": "feature", "type": "nominal", "sort": names, "title": None}
    offset = {"field": "commit", "type": "nominal", "sort": ["base", "head"]}
    bar = layer("bar", axis("importance", "rise of the loss"), y, color=COLOUR, yOffset=offset)
    return spec("", values, [bar], max(26 * len(names), 60))


def class_channel(name: str, classes: list[str], angle: int) -> Spec:
    """Return an axis of classes in this order, whose labels stand at an angle.

    Parameters
    ----------
    name : str
        Of the field.
    classes : list of str
        In the order of the axis.
    angle : int
        Of the labels, in degrees.

    Returns
    -------
    Spec
    """
    labels = {"labelAngle": angle, "grid": False}
    return {"field": name, "type": "nominal", "sort": classes, "axis": labels}


def confusion(sides: Sides) -> Spec:
    """Return the share of each actual class that was predicted as each, a matrix a commit."""
    values = tagged({name: with_shares(records) for name, records in sides.items()})
    classes = list(dict.fromkeys(record["actual"] for record in sides["head"]))
    x = class_channel("predicted", classes, -45 if len(classes) > 2 else 0)
    y = class_channel("actual", classes, 0)
    strength = {**axis("share", "", domain=[0, 1], range=[0.03, 0.6]), "legend": None}
    text = {"field": "share", "type": "quantitative", "format": ".1%"}
    cells = [layer({"type": "rect", "color": "#0b62c4"}, x, y, fillOpacity=strength)]
    if len(classes) <= MAX_LABELS:
        cells.append(layer({"type": "text", "fontSize": 10}, x, y, text=text))
    size = min(max(48 * len(classes), 100), WIDTH)
    matrix = {"width": size, "height": size, "layer": cells}
    column = {"field": "commit", "type": "nominal", "title": None, "sort": ["base", "head"]}
    return {"data": {"values": values}, "facet": {"column": column}, "spec": matrix}


PLOTS = {
    "learning_curve": learning_curve,
    "roc": roc,
    "pr": precision_recall,
    "calibration": calibration,
    "confusion": confusion,
    "residuals": residuals,
    "importance": importance,
}


def plot_spec(name: str, base: CommitState, head: CommitState) -> Spec | None:
    """Return a plot of both commits; None where head has no data for it."""
    sides = {"base": plot_records(base, name), "head": plot_records(head, name)}
    return PLOTS[name](sides) if sides["head"] else None


def plot_specs(base: CommitState, head: CommitState) -> dict[str, Spec]:
    """Return the plots that head has data for, by name."""
    specs = {name: plot_spec(name, base, head) for name in PLOTS}
    return {name: spec for name, spec in specs.items() if spec is not None}


def draw_plots(base: CommitState, head: CommitState) -> tuple[dict[str, bytes], list[str]]:
    """Return the pictures by name, and the names of those that could not be drawn of a commit's data."""
    pictures: dict[str, bytes] = {}
    failed = []
    for name in PLOTS:
        try:
            spec = plot_spec(name, base, head)
            if spec is not None:
                pictures[name] = png(name, spec)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            failed.append(name)
    return pictures, failed


def plot_records(commit: CommitState, name: str) -> list[Record]:
    """Return a commit's data for a plot; of a learning curve with a single step there is none."""
    if name == "confusion":
        return list(plot_data((commit.test or {}).get("confusion") or []))
    records = plot_data(commit.plots.get(name) or [])
    if name == "learning_curve" and len({record["step"] for record in records}) < 2:
        return []
    return list(records)


def png(name: str, plot: Spec) -> bytes:
    """Return the picture; the same bytes for the same data on one machine."""
    import vl_convert

    width = {} if "facet" in plot else {"width": WIDTH}
    titled = {**plot, **width, "title": TITLES[name]}
    picture: bytes = vl_convert.vegalite_to_png(titled, config=LOOK)
    return picture
