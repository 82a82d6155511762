"""The report page: HTML that fetches nothing, its plots in Vega-Lite, its sections; all text escaped."""

import base64
import hashlib
import html
import json
import math
from dataclasses import dataclass
from typing import Any

from pipeline.metrics import LOWER_IS_BETTER
from pipeline.partitions import plain

Record = dict[str, Any]
MARKS = {True: ("pass", "✓ pass"), False: ("fail", "✗ fail"), None: ("unknown", "? unknown")}

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --soft: #57606a; --line: #d8dee4;
  --edge: #818b98; --accent: #0b62c4; --second: #a34f00; --pass: #1a7034; --fail: #b91c28;
  --unknown: #7a5200; --panel: #f4f6f8; }
@media screen and (prefers-color-scheme: dark) {
  :root { --paper: #12161b; --ink: #e6edf3; --soft: #a3adb8; --line: #2f363f; --edge: #7d8792;
    --accent: #6cb6ff; --second: #f0a35e; --pass: #56d364; --fail: #ff8a80; --unknown: #e3b341;
    --panel: #1b2128; } }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: auto; padding: 1rem;
  background: var(--paper); color: var(--ink); overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .5rem 0 1rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .6rem; padding-top: .6rem;
  border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 0 0 .3rem; }
a { color: var(--accent); } a:focus-visible, [tabindex]:focus-visible, summary:focus-visible {
  outline: 2px solid var(--accent); outline-offset: 2px; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .unknown { color: var(--unknown); }
.mark { font-weight: 600; white-space: nowrap; }
.verdict { margin: 1rem 0; padding: .7rem 1rem; background: var(--panel);
  border-left: .4rem solid currentColor; }
.verdict b { font-size: 1.25rem; margin-right: .5rem; } .verdict span { color: var(--ink); }
dl { display: flex; flex-wrap: wrap; gap: .8rem 2rem; } dl div { min-width: 7rem; }
dt, .soft, figcaption, small, caption { color: var(--soft); font-size: .875rem; }
small { font-weight: normal; white-space: nowrap; }
dd { margin: 0; font-size: 1.1rem; font-variant-numeric: tabular-nums; }
nav ul { display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; list-style: none; padding: 0; }
nav a { display: inline-block; padding: .3rem 0; }
.scroll { overflow-x: auto; margin: .6rem 0 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { padding: .35rem 1.1rem .35rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
thead th { white-space: nowrap; border-bottom: 2px solid var(--edge); vertical-align: bottom; }
tbody th { font-weight: 600; min-width: 7rem; } tbody th code { white-space: nowrap; }
th.digits, td.digits { text-align: right; }
td { white-space: nowrap; } td.long { white-space: normal; min-width: 20rem; }
@media (max-width: 40rem) {
  table { font-size: .9rem; } small { display: block; } th, td { padding-right: .8rem; } }
code { font: .8125rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.plots { display: grid; gap: 2rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); align-items: start; }
figure { margin: 0; min-width: 0; } .plot { width: 100%; display: block; }
summary { cursor: pointer; padding: .3rem 0; font-size: .875rem; }
"""
# Colours come from the style above, so that plots follow it, also when the scheme changes later.
DRAW = """
(() => {
  const specs = JSON.parse(document.getElementById("specs").textContent), views = {};
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const draw = () => {
    const style = getComputedStyle(document.documentElement);
    const [ink, soft, line, edge, accent, second] = ["ink", "soft", "line", "edge", "accent",
      "second"].map(name => style.getPropertyValue("--" + name).trim());
    const config = {background: "transparent", font: "system-ui, sans-serif",
      numberFormat: ",.4~f", view: {stroke: line}, mark: {color: accent}, text: {color: ink},
      axis: {labelColor: soft, titleColor: ink, gridColor: line, domainColor: edge,
        tickColor: edge, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal"},
      legend: {labelColor: ink, titleColor: ink, labelFontSize: 12, orient: "top", title: null,
        symbolStrokeWidth: 2.5},
      range: {category: [accent, second]},
      style: {reference: {color: soft, strokeDash: [5, 4], strokeWidth: 1.5},
        chosen: {color: second}, heat: {fill: accent, stroke: edge}}};
    for (const [name, spec] of Object.entries(specs)) {
      const node = document.getElementById("plot-" + name);
      if (views[name]) views[name].finalize();
      vegaEmbed(node, structuredClone(spec), {actions: false, ast: true, renderer: "svg", config,
        mode: "vega-lite", tooltip: {theme: dark.matches ? "dark" : "light"}}).then(
        drawn => { views[name] = drawn; },
        error => { node.textContent = "This plot could not be drawn: " + error; });
    }
  };
  dark.addEventListener("change", draw);
  draw();
})();
"""


class Html(str):
    """Text that is HTML already."""


class Digits(Html):
    """A number as HTML, aligned right in a table."""


def number(value: float | None, sign: bool = False) -> Digits:
    """Thousands with commas, four decimals, more for what would else be near nothing."""
    plus = "+" if sign else ""
    if value is None or not math.isfinite(value):
        return Digits("n/a")
    if isinstance(value, int) or value == 0:
        return Digits(f"{int(value):{plus},}")
    size = abs(value)
    if size < 1e-6:
        return Digits(f"{value:{plus}.2e}")
    if size < 1e-3:
        return Digits(f"{value:{plus}.{2 - math.floor(math.log10(size))}f}")
    return Digits(f"{value:{plus},.4f}" if size < 1000 else f"{value:{plus},.1f}")


def percent(share: float | None, sign: bool = False) -> Digits:
    """A share as a percentage, two significant digits where it is under a hundredth of one."""
    if share is None or not math.isfinite(share):
        return Digits("n/a")
    plus = "+" if sign else ""
    digits = 2 if share == 0 or abs(share) >= 1e-4 else 1 - math.floor(math.log10(abs(share) * 100))
    return Digits(f"{share:{plus}.{digits}%}".replace("%", " %"))


def text(value: Any) -> Html:
    """Any value as HTML: HTML as it is, numbers formatted, the rest escaped."""
    if isinstance(value, Html):
        return value
    if isinstance(value, bool):
        return Html("yes" if value else "no")
    if value is None or isinstance(value, int | float):
        return number(value)
    return Html(html.escape(str(value)))


def mark(passed: bool | None) -> Html:
    """Pass, fail or unknown: a sign, a word and a colour."""
    kind, shown = MARKS[passed]
    return Html(f'<span class="mark {kind}">{shown}</span>')


def code(value: str) -> Html:
    """A hash or a path."""
    return Html(f"<code>{html.escape(value)}</code>")


def table(caption: str, head: list[str], rows: list[list[Any]], long: int = -1) -> Html:
    """A table that scrolls within itself, the first cell of a row its header, column `long` wide."""

    def cell(value: Any, at: int) -> str:
        shown = text(value)
        kind = " class=digits" if isinstance(shown, Digits) else " class=long" if at == long else ""
        return f"<td{kind}>{shown}</td>" if at else f"<th scope=row{kind}>{shown}</th>"

    figures = [bool(rows) and isinstance(text(value), Digits) for value in (rows or [head])[0]]
    heads = [
        f"<th scope=col{' class=digits' if right else ''}>{html.escape(name)}</th>"
        for name, right in zip(head, figures, strict=True)
    ]
    lines = ["".join(cell(value, at) for at, value in enumerate(row)) for row in rows]
    label = html.escape(caption)
    return Html(
        f'<div class=scroll role=region tabindex=0 aria-label="{label}"><table>'
        f"<caption>{label}</caption>\n<thead><tr>{''.join(heads)}</tr></thead>\n<tbody>"
        + "\n".join(f"<tr>{line}</tr>" for line in lines)
        + "</tbody></table></div>"
    )


def facts(pairs: list[tuple[str, Any]]) -> Html:
    """Names and values, side by side where there is room."""
    inner = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{text(value)}</dd></div>" for name, value in pairs
    )
    return Html(f"<dl>{inner}</dl>")


def paragraph(words: str) -> Html:
    """Words, escaped."""
    return Html(f"<p>{html.escape(words)}</p>")


def inline(value: Any) -> str:
    """JSON that cannot end the script element it stands in; not-a-number becomes null."""
    return json.dumps(plain(value), allow_nan=False).replace("<", "\\u003c")


def document(
    title: str, top: list[Html], sections: dict[str, Html], specs: dict[str, Any], vega: str
) -> str:
    """The whole page. Its policy lets the browser fetch nothing and run this one script alone."""
    script = vega.replace("</script", "<\\/script").replace("<!--", "<\\!--") + DRAW
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    names = {name: name.lower().replace(" ", "-") for name in sections}
    links = "".join(f'<li><a href="#{names[name]}">{name}</a></li>' for name in sections)
    body = [
        f'<section aria-labelledby="{names[name]}"><h2 id="{names[name]}">{name}</h2>\n{inner}</section>'
        for name, inner in sections.items()
    ]
    heading = html.escape(title)
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<link rel="icon" href="data:,">',  # else a browser asks the server for one
            f"<title>{heading}: model report</title>\n<style>{STYLE}</style>\n</head>\n<body>",
            f"<header>\n<h1>{heading}</h1>",
            *top,
            f'</header>\n<nav aria-label="Contents"><ul>{links}</ul></nav>\n<main>',
            *body,
            "</main>",
            f'<script type="application/json" id="specs">{inline(specs)}</script>',
            f"<script>{script}</script>\n</body>\n</html>\n",
        ]
    )


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


PROOF = {  # what each count of metrics/split.json tells, and the kinds of split that it must hold for
    "key_overlap": ("keys in two splits", ("temporal", "grouped", "random", "stratified")),
    "boundary_ok": ("splits in order of time", ("temporal",)),
    "group_overlap": ("groups in two splits", ("grouped",)),
    "feature_duplicates": ("equal feature rows in two splits", ("random", "stratified")),
}


def worse(metric: str, value: float | None, than: float | None) -> float | None:
    """How much worse a value is than another, in the metric's unit; below zero where it is better."""
    if value is None or than is None:
        return None
    return value - than if metric in LOWER_IS_BETTER else than - value


def verdict(gate: Record, lineage: Record, test: Record, split: Record) -> list[Html]:
    """The verdict and the few numbers one looks for first."""
    counts = {kind: sum(c["passed"] is kind for c in gate["checks"]) for kind in MARKS}
    kinds = {"pass": True, "fail": False}
    first = next(iter(test["metrics"]))
    low, high = test["intervals"][first]
    words = ("pass", "fail", "unknown")
    said = [f"{n} {w}" for n, w in zip(counts.values(), words, strict=True) if n]
    kind, shown = MARKS[kinds.get(gate["verdict"])]
    sizes = split["sizes"]
    return [
        Html(
            f'<p class="verdict {kind}"><b>{shown.title()}</b> '
            f"<span>{len(gate['checks'])} gate checks: {', '.join(said)}.</span></p>"
        ),
        facts(
            [
                ("data set", lineage["dataset"]),
                ("model", lineage["model"]),
                (f"{first} on test", number(test["metrics"][first])),
                ("95 % interval", Html(f"{number(low)} to {number(high)}")),
                ("dummy's", number(test["baseline"][first])),
                (f"rows, {' / '.join(sizes)}", Html(" / ".join(map(number, sizes.values())))),
            ]
        ),
    ]


def gates(gate: Record) -> Html:
    """Each check of the gate."""
    rows = [
        [c["name"], mark(c["passed"]), number(c["value"]),
         Html(f"{text(c['direction'])} {number(c['threshold'])}"), c["reason"]]
        for c in gate["checks"]
    ]  # fmt: skip
    head = ["check", "result", "value", "wanted", "reason"]
    return table("Checks that a model must pass to be registered", head, rows, long=4)


def against(metric: str, value: float | None, dummy: float | None, edges: list[float]) -> str:
    """Whether the model is better than the dummy, told only if the interval does not hold the dummy."""
    by = worse(metric, value, dummy)
    if by is None or None in edges:
        return "unknown"
    if edges[0] <= (dummy or 0.0) <= edges[1]:
        return "no clear difference"
    return "worse" if by > 0 else "better"


def metrics(test: Record, train: Record) -> Html:
    """Every metric with its interval, beside the dummy's and what train and valid say."""
    rows = []
    for name, value in test["metrics"].items():
        edges, dummy = test["intervals"][name], test["baseline"].get(name)
        better = "lower" if name in LOWER_IS_BETTER else "higher"
        label = Html(f"{text(name)} <small>{better} is better</small>")
        interval = Digits(" to ".join(map(number, edges)))
        sides = [number(train.get(side, {}).get(name)) for side in ("train", "valid")]
        judged = against(name, value, dummy, edges)
        rows.append([label, number(value), interval, number(dummy), judged, *sides])
    head = ["metric", "test", "95 % interval", "dummy", "than the dummy", "train", "valid"]
    return table("Metrics on test, intervals by bootstrap", head, rows)


def slices(test: Record) -> Html:
    """The slices, worst first."""
    name = next(iter(test["metrics"]))
    overall, dummy = test["metrics"][name], test["baseline"].get(name)
    found = [(worse(name, one["metrics"][name], overall), one) for one in test["slices"]]
    found.sort(key=lambda pair: (pair[0] is None, -(pair[0] or 0.0)))  # stable: ties as they came
    rows = []
    for by, one in found:
        word = "unknown" if by is None else "worse" if by > 0 else "better" if by < 0 else "equal"
        share = percent(by / abs(dummy), sign=True) if by is not None and dummy else number(None)
        sliced = Html(f"{text(one['column'])} = {text(one['value'])}")
        value = one["metrics"][name]
        change = None if value is None or overall is None else value - overall
        rows.append([sliced, one["rows"], value, number(change, sign=True), word, share])
    if not rows:
        return paragraph("No slice was asked for, or none has enough rows.")
    head = ["slice", "rows", name, "difference", "than overall", "worse by, of dummy's"]
    return table(f"{name} per slice of test, worst first; overall {number(overall)}", head, rows)


def quality(data: Record) -> Html:
    """Rows that came in, were let through and were not, and the checks that rows broke."""
    share = data["quarantined"] / max(data["ingested"], 1)
    counts = facts([(name, data[name]) for name in ("ingested", "validated", "quarantined")])
    told = paragraph(f"{percent(share)} of the rows are in quarantine.")
    rows = [
        [c["column"] or "the table", c["name"], c["severity"], c["rows"] or "the whole"]
        for c in data["checks"]
    ]
    if not rows:
        return Html(counts + told + paragraph("Every check of the data holds."))
    head = ["column", "wanted", "if not", "rows that broke it"]
    return Html(counts + told + table("Checks of the data that did not hold", head, rows))


def splits(split: Record, binary: bool) -> Html:
    """Sizes and targets of the splits, and what would show that they overlap."""
    total, kind = sum(split["sizes"].values()), split["kind"]
    rates = split["target_rate"]
    nested = {n: r if isinstance(r, dict) else {"": r} for n, r in rates.items()}
    classes = sorted({name for rate in nested.values() for name in rate})
    shares = binary or classes != [""]
    heads = [
        f"target {name}" if name else "target rate" if binary else "target mean" for name in classes
    ]
    rows = [
        [name, size, percent(size / max(total, 1)),
         *((percent if shares else number)(nested[name].get(one)) for one in classes)]
        for name, size in split["sizes"].items()
    ]  # fmt: skip
    proven = []
    for name, value in split["proof"].items():
        words, kinds = PROOF.get(name, (name, ()))
        holds = None if value is None else value is True or (value is not False and value == 0)
        judged = mark(holds) if kind in kinds else "not asked of this kind of split"
        proven.append([words, Digits(text(value)), judged])
    return Html(
        table(f"Rows of the {kind} split", ["split", "rows", "share", *heads], rows)
        + table("Proof that the splits do not overlap", ["looked for", "found", "result"], proven)
    )


def lineage(found: Record) -> Html:
    """What the model came from and what it is, by hash."""
    raw = found["raw"]
    rows, size = (sum(one[key] or 0 for one in raw) for key in ("rows", "bytes"))
    files = [[code(o["path"]), o["rows"], o["bytes"], code(o["sha256"])] for o in raw]
    bundle = [[code(name), code(digest)] for name, digest in found["bundle"].items()]
    pairs = [
        ("data set", found["dataset"]),
        ("model", found["model"]),
        ("parameters", code(found["params"])),
    ]
    return Html(
        facts(pairs)
        + table(f"{len(raw):,} raw files, {rows:,} rows, {size:,} bytes",
                ["file", "rows", "bytes", "SHA-256"], files, long=3)
        + table("Files of the bundle", ["file", "SHA-256"], bundle, long=1)
    )  # fmt: skip
