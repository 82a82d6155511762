"""Plots of base and head together, as Vega-Lite, and as the bytes of a PNG.

Base is grey and dashed, head blue: told apart without colour too.
"""

from typing import Any

from lockstep.report.figures import LINE, REFERENCE, axis, layer, spec

Record = dict[str, Any]
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
TOP = 15  # features, and classes of a matrix with numbers
LOOK: Record = {
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
COLOUR: Record = {
    "field": "commit",
    "type": "nominal",
    "scale": {"domain": ["base", "head"], "range": ["#6b7480", "#0b62c4"]},
}
DASH: Record = {
    "field": "commit",
    "type": "nominal",
    "scale": {"domain": ["base", "head"], "range": [[5, 3], [1, 0]]},
}


def tagged(sides: Sides) -> list[Record]:
    """All records, each with the commit that it is of."""
    return [{**one, "commit": name} for name, records in sides.items() for one in records]


def square(sides: Sides, x: Record, y: Record, line: list[Record]) -> Record:
    """A line for each commit between 0 and 1, over a dashed reference."""
    drawn = layer(LINE, x, y, color=COLOUR, strokeDash=DASH)
    layers = [layer(REFERENCE, x, y, line), drawn] if line else [drawn]
    return spec("", tagged(sides), layers)


def unit(field: str, title: str) -> Record:
    """A channel from 0 to 1."""
    return axis(field, title, domain=[0, 1])


def roc(sides: Sides) -> Record:
    """True against false positives; the dashed diagonal is chance."""
    x, y = unit("fpr", "false positive rate"), unit("tpr", "true positive rate")
    return square(sides, x, y, [{"fpr": 0, "tpr": 0}, {"fpr": 1, "tpr": 1}])


def pr(sides: Sides) -> Record:
    """Precision against recall."""
    return square(sides, unit("recall", "recall"), unit("precision", "precision"), [])


def calibration(sides: Sides) -> Record:
    """Observed against predicted rate; on the dashed diagonal they are the same."""
    x, y = unit("predicted", "predicted probability"), unit("observed", "observed rate")
    ends = [{"predicted": 0, "observed": 0}, {"predicted": 1, "observed": 1}]
    drawn = square(sides, x, y, ends)
    drawn["layer"].append(
        layer({"type": "point", "filled": True, "opacity": 1}, x, y, color=COLOUR)
    )
    return drawn


def learning_curve(sides: Sides) -> Record:
    """Loss per step, on train thin and on valid thick."""
    x = {**axis("step", "step", zero=False, nice=False), "axis": {"format": ",d", "tickMinStep": 1}}
    y = axis("loss", "loss (thick: valid, thin: train)", zero=False)
    width = {"field": "rows", "type": "nominal", "legend": None,
             "scale": {"domain": ["train", "valid"], "range": [1, 2.5]}}  # fmt: skip
    line = layer("line", x, y, color=COLOUR, strokeDash=DASH, strokeWidth=width)
    return spec("", tagged(sides), [line])


def residuals(sides: Sides) -> Record:
    """Actual less predicted against predicted."""
    x, y = axis("predicted", "predicted", zero=False), axis("residual", "residual")
    zero = {"mark": {"type": "rule", "style": "reference"}, "encoding": {"y": {"datum": 0}}}
    point = {"type": "point", "filled": True, "opacity": 0.4, "size": 14}
    return spec("", tagged(sides), [layer(point, x, y, color=COLOUR), zero])


def importance(sides: Sides) -> Record:
    """What shuffling a feature costs, of the features that cost most at head."""
    ordered = sorted(sides["head"], key=lambda one: (-(one["importance"] or 0.0), one["feature"]))
    names = [one["feature"] for one in ordered[:TOP]]
    values = [one for one in tagged(sides) if one["feature"] in names]
    y = {"field": "feature", "type": "nominal", "sort": names, "title": None}
    apart = {"field": "commit", "type": "nominal", "sort": ["base", "head"]}
    bar = layer("bar", axis("importance", "rise of the loss"), y, color=COLOUR, yOffset=apart)
    return spec("", values, [bar], max(26 * len(names), 60))


def confusion(sides: Sides) -> Record:
    """Share of each actual class taken for each, a matrix a commit."""
    values = []
    for name, records in sides.items():
        sums: dict[str, int] = {}
        for one in records:
            sums[one["actual"]] = sums.get(one["actual"], 0) + one["rows"]
        values += [
            {**one, "commit": name, "share": one["rows"] / (sums[one["actual"]] or 1)}
            for one in records
        ]
    classes = list(dict.fromkeys(one["actual"] for one in sides["head"]))
    few = len(classes) <= TOP

    def channel(name: str, angle: int) -> Record:
        look = {"labelAngle": angle, "grid": False}
        return {"field": name, "type": "nominal", "sort": classes, "axis": look}

    x, y = channel("predicted", -45 if len(classes) > 2 else 0), channel("actual", 0)
    strength = {**axis("share", "", domain=[0, 1], range=[0.03, 0.6]), "legend": None}
    text = {"field": "share", "type": "quantitative", "format": ".1%"}
    cells = [layer({"type": "rect", "color": "#0b62c4"}, x, y, fillOpacity=strength)]
    if few:
        cells.append(layer({"type": "text", "fontSize": 10}, x, y, text=text))
    size = min(max(48 * len(classes), 100), WIDTH)
    matrix = {"width": size, "height": size, "layer": cells}
    by = {"field": "commit", "type": "nominal", "title": None, "sort": ["base", "head"]}
    return {"data": {"values": values}, "facet": {"column": by}, "spec": matrix}


DRAW = {
    "learning_curve": learning_curve,
    "roc": roc,
    "pr": pr,
    "calibration": calibration,
    "confusion": confusion,
    "residuals": residuals,
    "importance": importance,
}


def specs(base: Record, head: Record) -> dict[str, Record]:
    """By name, the plots that head has data for; base and head are sides of commit.described."""
    found = {}
    for name, draw in DRAW.items():
        sides = {which: records(side, name) for which, side in (("base", base), ("head", head))}
        if sides["head"]:
            found[name] = draw(sides)
    return found


def records(side: Record, name: str) -> list[Record]:
    """What a commit has for a plot; the matrix is of all rows, a learning curve of more than one step."""
    if name == "confusion":
        return list((side["test"] or {}).get("confusion") or [])
    found = side["plots"].get(name) or []
    if name == "learning_curve" and len({one["step"] for one in found}) < 2:
        return []
    return list(found)


def png(name: str, drawn: Record) -> bytes:
    """The picture; the same bytes for the same data on one machine."""
    import vl_convert

    width = {} if "facet" in drawn else {"width": WIDTH}
    whole = {**drawn, **width, "title": TITLES[name]}
    made: bytes = vl_convert.vegalite_to_png(whole, config=LOOK)
    return made
