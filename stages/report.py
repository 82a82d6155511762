"""One self-contained HTML page: verdict, metrics, plots, data, slices; no outside request.

Reads metrics/ and its plots, writes reports/report.html with Vega-Lite and the data inlined.
"""

import csv
import html
import json
from pathlib import Path
from typing import Any

from pipeline.partitions import write_text
from pipeline.records import read_json
from pipeline.stage import run

PLOTS = {
    "roc": ("line", "fpr", "tpr"),
    "pr": ("line", "recall", "precision"),
    "calibration": ("line", "predicted", "observed"),
    "residuals": ("point", "predicted", "residual"),
    "importance": ("bar", "importance", "feature"),
}
STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: auto; padding: 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
td, th { padding: .2rem .8rem; text-align: left; border-bottom: 1px solid #8884; }
.verdict { padding: .6rem 1rem; border-left: .5rem solid #b58900; }
.pass { border-color: #2a9d3a; } .fail { border-color: #d33; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1rem; }
"""
DRAW = """
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
for (const [id, spec] of Object.entries(specs))
  vegaEmbed("#" + id, spec, {actions: false, ast: true, theme: dark ? "dark" : undefined,
    config: {background: "transparent"}});
"""


def table(head: list[str], rows: list[list[Any]]) -> str:
    """An HTML table, every cell escaped."""

    def cell(value: Any) -> str:
        return html.escape(f"{value:.4f}" if isinstance(value, float) else str(value))

    lines = ["<tr>" + "".join(f"<th>{html.escape(name)}</th>" for name in head) + "</tr>"]
    lines += [
        "<tr>" + "".join(f"<td>{cell(value)}</td>" for value in row) + "</tr>" for row in rows
    ]
    return "<table>" + "\n".join(lines) + "</table>"


def specs(folder: Path) -> dict[str, Any]:
    """Vega-Lite specifications of the plots that have data, the data within."""

    def spec(title: str, mark: str, x: str, y: str, values: Any) -> dict[str, Any]:
        nominal = {"field": y, "type": "nominal", "sort": "-x"}
        return {
            "title": title,
            "width": "container",
            "data": {"values": values},
            "mark": mark,
            "encoding": {
                "x": {"field": x, "type": "quantitative"},
                "y": nominal if mark == "bar" else {"field": y, "type": "quantitative"},
            },
        }

    found = {}
    for name, (mark, x, y) in PLOTS.items():
        values = read_json(folder / f"{name}.json")
        if values:
            found[name] = spec(name, mark, x, y, values)
    found |= learning_curve()
    return found


def learning_curve() -> dict[str, Any]:
    """The curve of train and valid, if there is more than a point."""
    values = []
    for side in ("train", "valid"):
        path = Path(f"metrics/live/plots/metrics/{side}/loss.tsv")
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                values.append({"step": int(row["step"]), "loss": float(row["loss"]), "rows": side})
    if len(values) <= 2:
        return {}
    return {
        "learning_curve": {
            "title": "learning curve",
            "width": "container",
            "data": {"values": values},
            "mark": "line",
            "encoding": {
                "x": {"field": "step", "type": "quantitative"},
                "y": {"field": "loss", "type": "quantitative", "scale": {"zero": False}},
                "color": {"field": "rows", "type": "nominal"},
            },
        }
    }


def inline(value: Any) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(value).replace("<", "\\u003c")


def page(metrics: dict[str, Any], drawn: dict[str, Any], scripts: str) -> str:
    """The page as text."""
    gate, test, data, split = (metrics[name] for name in ("gate", "test", "data", "split"))
    verdict = html.escape(gate["verdict"])
    gates = [[c["name"], c["passed"], c["reason"]] for c in gate["checks"]]
    values = [
        [name, value, " to ".join(f"{edge:.4f}" for edge in test["intervals"][name]),
         test["baseline"][name]]
        for name, value in test["metrics"].items()
    ]  # fmt: skip
    first = next(iter(test["metrics"]))
    sliced = [[s["column"], s["value"], s["rows"], s["metrics"][first]] for s in test["slices"]]
    checks = [[c["column"], c["name"], c["severity"], c["rows"]] for c in data["checks"]]
    sizes = [[name, size] for name, size in split["sizes"].items()]
    lineage = [[name, digest] for name, digest in metrics["lineage"]["bundle"].items()]
    body = [
        f"<h1>{html.escape(metrics['lineage']['dataset'])}</h1>",
        f'<p class="verdict {verdict}">Verdict: <b>{verdict}</b></p>',
        table(["gate", "passed", "reason"], gates),
        "<h2>Metrics on test</h2>",
        table(["metric", "value", "95 % interval", "dummy"], values),
        '<div class="plots">' + "".join(f'<div id="{name}"></div>' for name in drawn) + "</div>",
        f"<h2>Data</h2><p>{data['ingested']} rows ingested, {data['validated']} validated, "
        f"{data['quarantined']} in quarantine.</p>",
        table(["column", "check", "severity", "rows"], checks),
        "<h2>Splits</h2>",
        table([f"{split['kind']} split", "rows"], sizes),
        "<h2>Slices</h2>",
        table(["column", "value", "rows", first], sliced),
        "<h2>Lineage</h2>",
        table(["file of the bundle", "SHA-256"], lineage),
    ]
    return (
        '<!doctype html>\n<html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Report</title><style>{STYLE}</style>\n"
        + "\n".join(body)
        + f"\n<script>{scripts}\nconst specs = {inline(drawn)};{DRAW}</script></html>\n"
    )


def main() -> None:
    """Read, draw, write."""
    import vl_convert

    names = ("data", "split", "test", "gate", "lineage")
    metrics = {name: read_json(Path(f"metrics/{name}.json")) for name in names}
    bundle = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    scripts = bundle.replace("</script", "<\\/script")
    write_text(Path("reports/report.html"), page(metrics, specs(Path("metrics/plots")), scripts))


if __name__ == "__main__":
    run("report", main)
