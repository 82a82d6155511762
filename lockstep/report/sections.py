"""The report's sections but for the plots, each from what the stages wrote to metrics/."""

from typing import Any

from lockstep.core.metric_names import LOWER_IS_BETTER
from lockstep.report.page import (
    MARKS,
    Digits,
    Html,
    code,
    facts,
    mark,
    number,
    paragraph,
    percent,
    table,
    text,
)

Record = dict[str, Any]
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
        ("code up to train", code(found["code"])),
        (
            "libraries",
            ", ".join(f"{name} {version}" for name, version in found["libraries"].items()),
        ),
    ]
    return Html(
        facts(pairs)
        + table(f"{len(raw):,} raw files, {rows:,} rows, {size:,} bytes",
                ["file", "rows", "bytes", "SHA-256"], files, long=3)
        + table("Files of the bundle", ["file", "SHA-256"], bundle, long=1)
    )  # fmt: skip
