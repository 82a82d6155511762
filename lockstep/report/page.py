"""A page of HTML that fetches nothing, with the Vega-Lite plots on it."""

import base64
import hashlib
import html
import json
from typing import Any

from lockstep.core.escaping import Html, html_text
from lockstep.core.files import plain
from lockstep.core.formatting import html_cell

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
figure img { max-width: 100%; background: #fff; }
summary { cursor: pointer; padding: .3rem 0; font-size: .875rem; }
"""
# Plots take their colours from the style above, and follow it when the scheme changes.
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


def result_mark(passed: bool | None) -> Html:
    """Return pass, fail or unknown as a sign, a word and a colour."""
    css_class, label = MARKS[passed]
    return Html(f'<span class="mark {css_class}">{label}</span>')


def html_code(value: str) -> Html:
    """Return a hash or a path as code."""
    return Html(f"<code>{html.escape(value)}</code>")


def facts(pairs: list[tuple[str, Any]]) -> Html:
    """Return names and values, side by side where there is room."""
    items = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{html_cell(value)}</dd></div>"
        for name, value in pairs
    )
    return Html(f"<dl>{items}</dl>")


def paragraph(text: str) -> Html:
    """Return a paragraph of escaped text."""
    return Html(f"<p>{html_text(text)}</p>")


def script_json(value: Any) -> str:
    """Return JSON that cannot end the script element around it; NaN becomes null."""
    return json.dumps(plain(value), allow_nan=False).replace("<", "\\u003c")


def section(heading: str, content: Html) -> str:
    """Return a section with its heading, to which the page's contents link."""
    anchor = anchor_of(heading)
    return (
        f'<section aria-labelledby="{anchor}"><h2 id="{anchor}">{heading}</h2>\n{content}</section>'
    )


def anchor_of(heading: str) -> str:
    """Return the id of a section's heading."""
    return heading.lower().replace(" ", "-")


def document(
    title: str,
    kind: str,
    top: list[Html],
    sections: dict[str, Html],
    specs: dict[str, Any],
    vega: str,
) -> str:
    """Return the whole page. Its policy lets the browser fetch nothing and run this one script alone.

    Parameters
    ----------
    title, kind : str
        The page's heading; in the browser's tab the kind stands after it.
    top : list of Html
        What stands above the contents.
    sections : dict
        HTML by heading; the headings are our own words.
    specs : dict
        Vega-Lite by the name of a plot, whose place is the element plot-NAME.
    vega : str
        The script that defines window.vegaEmbed.

    Returns
    -------
    str
    """
    script = vega.replace("</script", "<\\/script").replace("<!--", "<\\!--") + DRAW
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    links = "".join(f'<li><a href="#{anchor_of(name)}">{name}</a></li>' for name in sections)
    heading = html_text(title)
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<link rel="icon" href="data:,">',  # else a browser asks the server for one
            f"<title>{heading}: {kind}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
            f"<header>\n<h1>{heading}</h1>",
            *top,
            f'</header>\n<nav aria-label="Contents"><ul>{links}</ul></nav>\n<main>',
            *(section(name, content) for name, content in sections.items()),
            "</main>",
            f'<script type="application/json" id="specs">{script_json(specs)}</script>',
            f"<script>{script}</script>\n</body>\n</html>\n",
        ]
    )
