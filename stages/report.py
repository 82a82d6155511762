"""One self-contained HTML page: verdict, metrics, plots, slices, data, lineage; no outside request.

Reads metrics/, writes reports/report.html with Vega-Lite and the data inlined.
"""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pipeline import page
from pipeline.errors import DataError
from pipeline.metrics import LOWER_IS_BETTER
from pipeline.page import Html, Plot, code, mark, number, percent, table
from pipeline.partitions import write_text
from pipeline.records import read_json
from pipeline.stage import run

Record = dict[str, Any]
METRICS = ("data", "split", "train", "test", "gate", "lineage")
DRAWN = ("roc", "pr", "calibration", "residuals", "importance")
PROOF = {  # what each count of metrics/split.json tells, and the kinds of split that it must hold for
    "key_overlap": ("keys in two splits", ("temporal", "grouped", "random", "stratified")),
    "boundary_ok": ("splits in order of time", ("temporal",)),
    "group_overlap": ("groups in two splits", ("grouped",)),
    "feature_duplicates": ("equal feature rows in two splits", ("random", "stratified")),
}


def loss_per_step(folder: Path) -> list[Record]:
    """What DVCLive logged of train and valid; nothing for a model without steps."""
    found = []
    for side in ("train", "valid"):
        path = folder / side / "loss.tsv"
        if not path.exists():
            raise DataError(f"{path} is absent; run `dvc repro`")
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                found.append({"step": int(row["step"]), "loss": float(row["loss"]), "rows": side})
    return found if len({one["step"] for one in found}) > 1 else []


def plots(drawn: dict[str, list[Record]], train: Record, test: Record) -> list[Plot]:
    """The plots that have data."""
    threshold = train.get("threshold")
    every: list[tuple[list[Record], Callable[[list[Record]], Plot]]] = [
        (test.get("confusion") or [], page.confusion),
        (drawn["roc"], lambda values: page.roc(values, test, threshold)),
        (drawn["pr"], lambda values: page.precision_recall(values, test, threshold)),
        (drawn["calibration"], page.calibration),
        (drawn["residuals"], page.residuals),
        (drawn["learning_curve"], page.learning_curve),
        (drawn["importance"], page.importance),
    ]
    return [draw(values) for values, draw in every if values]


def worse(metric: str, value: float | None, than: float | None) -> float | None:
    """How much worse a value is than another, in the metric's unit; below zero where it is better."""
    if value is None or than is None:
        return None
    return value - than if metric in LOWER_IS_BETTER else than - value


def verdict(gate: Record, lineage: Record, test: Record, split: Record) -> list[Html]:
    """The verdict and the few numbers one looks for first."""
    counts = {kind: sum(c["passed"] is kind for c in gate["checks"]) for kind in page.MARKS}
    kinds = {"pass": True, "fail": False}
    first = next(iter(test["metrics"]))
    low, high = test["intervals"][first]
    words = ("hold", "do not hold", "could not be made")
    said = [f"{n} {w}" for n, w in zip(counts.values(), words, strict=True) if n]
    kind, shown = page.MARKS[kinds.get(gate["verdict"])]
    sums = {f"{name} rows": rows for name, rows in split["sizes"].items()}
    return [
        Html(
            f'<p class="verdict {kind}"><b>{shown.title()}</b> '
            f"<span>Of {len(gate['checks'])} gate checks {', '.join(said)}.</span></p>"
        ),
        page.facts(
            [
                ("data set", lineage["dataset"]),
                ("model", lineage["model"]),
                (f"{first} on test", number(test["metrics"][first])),
                ("95 % interval", Html(f"{number(low)} to {number(high)}")),
                ("dummy's", number(test["baseline"][first])),
                *sums.items(),
            ]
        ),
    ]


def gates(gate: Record) -> Html:
    """Each check of the gate."""
    rows = [
        [c["name"], mark(c["passed"]), number(c["value"]),
         Html(f"{page.text(c['direction'])} {number(c['threshold'])}"), c["reason"]]
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
        label = Html(f"{page.text(name)} <small>{better} is better</small>")
        interval = page.Figure(" to ".join(map(number, edges)))
        sides = [number(train.get(side, {}).get(name)) for side in ("train", "valid")]
        judged = against(name, value, dummy, edges)
        rows.append([label, number(value), interval, number(dummy), judged, *sides])
    head = ["metric", "test", "95 % interval", "dummy", "than the dummy", "train", "valid"]
    return table("Metrics on test; the interval is a bootstrap's", head, rows)


def slices(test: Record) -> Html:
    """The slices, worst first."""
    name = next(iter(test["metrics"]))
    overall, dummy = test["metrics"][name], test["baseline"].get(name)
    found = [(worse(name, one["metrics"][name], overall), one) for one in test["slices"]]
    found.sort(key=lambda pair: (pair[0] is None, -(pair[0] or 0.0)))  # stable: ties as they came
    rows = []
    for by, one in found:
        word = "unknown" if by is None else "worse" if by > 0 else "better" if by < 0 else "equal"
        share = percent(abs(by / dummy)) if by is not None and dummy else number(None)
        sliced = Html(f"{page.text(one['column'])} = {page.text(one['value'])}")
        value = one["metrics"][name]
        change = None if value is None or overall is None else value - overall
        rows.append([sliced, one["rows"], value, number(change, sign=True), word, share])
    if not rows:
        return page.paragraph("No slice was asked for, or none has enough rows.")
    head = ["slice", "rows", name, "difference", "than overall", "share of the dummy's"]
    return table(f"{name} per slice of test, worst first; overall {number(overall)}", head, rows)


def quality(data: Record) -> Html:
    """Rows that came in, were let through and were not, and the checks that rows broke."""
    share = data["quarantined"] / max(data["ingested"], 1)
    counts = page.facts([(name, data[name]) for name in ("ingested", "validated", "quarantined")])
    told = page.paragraph(f"{percent(share)} of the rows are in quarantine.")
    rows = [
        [c["column"] or "the table", c["name"], c["severity"], c["rows"] or "the whole"]
        for c in data["checks"]
    ]
    if not rows:
        return Html(counts + told + page.paragraph("Every check of the data holds."))
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
        proven.append([words, "n/a" if value is None else value, judged])
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
        page.facts(pairs)
        + table(f"Raw files: {len(raw):,}, with {rows:,} rows in {size:,} bytes",
                ["file", "rows", "bytes", "SHA-256"], files, long=3)
        + table("Files of the bundle", ["file", "SHA-256"], bundle, long=1)
    )  # fmt: skip


def report(m: dict[str, Record], drawn: dict[str, list[Record]], vega: str) -> str:
    """The page."""
    found = plots(drawn, m["train"], m["test"])
    sections = {
        "Gates": gates(m["gate"]),
        "Metrics": metrics(m["test"], m["train"]),
        "Plots": page.figures(found),
        "Slices": slices(m["test"]),
        "Data quality": quality(m["data"]),
        "Splits": splits(m["split"], "roc_auc" in m["test"]["metrics"]),
        "Lineage": lineage(m["lineage"]),
    }
    title = f"{m['lineage']['dataset']}, {m['lineage']['model']}"
    top = verdict(m["gate"], m["lineage"], m["test"], m["split"])
    return page.document(title, top, sections, found, vega)


def main() -> None:
    """Read, draw, write."""
    import vl_convert

    found = {name: read_json(Path(f"metrics/{name}.json")) for name in METRICS}
    drawn = {name: read_json(Path(f"metrics/plots/{name}.json")) for name in DRAWN}
    drawn["learning_curve"] = loss_per_step(Path("metrics/live/plots/metrics"))
    vega = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    write_text(Path("reports/report.html"), report(found, drawn, vega))


if __name__ == "__main__":
    run("report", main)
