"""A page of HTML that fetches nothing, and the Vega-Lite plots on it; all text is escaped here."""

import base64
import hashlib
import html
import json
import math
from typing import Any

from lockstep.core.files import plain

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
    title: str,
    kind: str,
    top: list[Html],
    sections: dict[str, Html],
    specs: dict[str, Any],
    vega: str,
) -> str:
    """The whole page; kind stands after the title in the browser's tab.

    Its policy lets the browser fetch nothing and run this one script alone.
    """
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
            f"<title>{heading}: {kind}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
            f"<header>\n<h1>{heading}</h1>",
            *top,
            f'</header>\n<nav aria-label="Contents"><ul>{links}</ul></nav>\n<main>',
            *body,
            "</main>",
            f'<script type="application/json" id="specs">{inline(specs)}</script>',
            f"<script>{script}</script>\n</body>\n</html>\n",
        ]
    )
