"""The report's sections but for the plots, each from what the stages wrote to metrics/."""

from typing import Any

from lockstep.core.escaping import Html
from lockstep.core.formatting import (
    Figure,
    Formatted,
    Table,
    count,
    html_cell,
    html_table,
    interval,
    number,
    percent,
    signed,
)
from lockstep.core.own_metrics import better_direction, direction_remark
from lockstep.report.page import MARKS, facts, html_code, paragraph, result_mark

Metrics = dict[str, Any]  # a file of metrics/
PROOF = {  # each count of metrics/split.json in words, and the kinds of split that it must hold for
    "key_overlap": ("keys in two splits", ("temporal", "grouped", "random", "stratified")),
    "boundary_ok": ("splits in order of time", ("temporal",)),
    "group_overlap": ("groups in two splits", ("grouped",)),
    "feature_duplicates": ("equal feature rows in two splits", ("random", "stratified")),
}


def loss(metric: str, value: float | None, reference: float | None) -> float | None:
    """Return how much worse a value is than the reference, in the metric's unit; below zero if better.

    Parameters
    ----------
    metric : str
    value : float or None
    reference : float or None
        What it is compared with.

    Returns
    -------
    float or None
    """
    direction = better_direction(metric)
    if value is None or reference is None or direction == "unknown":
        return None
    return value - reference if direction == "lower" else reference - value


def verdict(gate: Metrics, lineage: Metrics, test: Metrics, split: Metrics) -> list[Html]:
    """Return the verdict and the numbers that a reader looks for first.

    Parameters
    ----------
    gate : Metrics
        metrics/gate.json.
    lineage : Metrics
        metrics/lineage.json.
    test : Metrics
        metrics/test.json.
    split : Metrics
        metrics/split.json.

    Returns
    -------
    list of Html
    """
    by_result = {passed: sum(c["passed"] is passed for c in gate["checks"]) for passed in MARKS}
    counts = [f"{n} {MARKS[passed][0]}" for passed, n in by_result.items() if n]
    css_class, label = MARKS[{"pass": True, "fail": False}.get(gate["verdict"])]
    metric = next(iter(test["metrics"]))
    sizes = split["sizes"]
    return [
        Html(
            f'<p class="verdict {css_class}"><b>{label.title()}</b> '
            f"<span>{len(gate['checks'])} gate checks: {', '.join(counts)}.</span></p>"
        ),
        facts(
            [
                ("data set", lineage["dataset"]),
                ("model", lineage["model"]),
                (f"{metric} on test", number(test["metrics"][metric])),
                ("95 % interval", interval(*test["intervals"][metric])),
                ("dummy's", number(test["baseline"][metric])),
                (f"rows, {' / '.join(sizes)}", Formatted(" / ".join(map(count, sizes.values())))),
            ]
        ),
    ]


def gates(gate: Metrics) -> Html:
    """Return each check of the gate."""
    rows = [
        [
            check["name"],
            result_mark(check["passed"]),
            number(check["value"]),
            Html(f"{html_cell(check['direction'])} {number(check['threshold'])}"),
            check["reason"],
        ]
        for check in gate["checks"]
    ]
    columns = ["check", "result", "value", "wanted", "reason"]
    title = "Checks that a model must pass to be registered"
    return html_table(Table(columns, rows, title), wide_column=4)


def against_dummy(
    metric: str, value: float | None, dummy: float | None, edges: list[float | None]
) -> str:
    """Return whether the model is better than the dummy; only if the interval does not hold the dummy.

    Parameters
    ----------
    metric : str
    value, dummy : float or None
        The model's and the dummy's metric.
    edges : list of two floats
        The interval of the model's metric.

    Returns
    -------
    str
    """
    worse_by = loss(metric, value, dummy)
    low, high = edges
    if worse_by is None or low is None or high is None:
        return "unknown"
    if low <= (dummy or 0.0) <= high:
        return "no clear difference"
    return "worse" if worse_by > 0 else "better"


def metrics(test: Metrics, train: Metrics) -> Html:
    """Return every metric with its interval, beside the dummy's and those of train and valid."""
    rows = []
    for name, value in test["metrics"].items():
        edges, dummy = test["intervals"][name], test["baseline"].get(name)
        rows.append(
            [
                Html(f"{html_cell(name)} <small>{direction_remark(name)}</small>"),
                number(value),
                interval(*edges),
                number(dummy),
                against_dummy(name, value, dummy, edges),
                *(number(train.get(side, {}).get(name)) for side in ("train", "valid")),
            ]
        )
    columns = ["metric", "test", "95 % interval", "dummy", "than the dummy", "train", "valid"]
    return html_table(Table(columns, rows, "Metrics on test, intervals by bootstrap"))


def slices(test: Metrics) -> Html:
    """Return the slices, worst first."""
    metric = next(iter(test["metrics"]))
    overall, dummy = test["metrics"][metric], test["baseline"].get(metric)
    losses = [loss(metric, part["metrics"][metric], overall) for part in test["slices"]]
    ordered = sorted(
        zip(losses, test["slices"], strict=True),
        key=lambda pair: (pair[0] is None, -(pair[0] or 0.0)),  # stable: ties as they came
    )
    if not ordered:
        return paragraph("No slice was asked for, or none has enough rows.")
    rows = [slice_row(part, metric, overall, worse_by, dummy) for worse_by, part in ordered]
    columns = ["slice", "rows", metric, "difference", "than overall", "worse by, of dummy's"]
    title = f"{metric} per slice of test, worst first; overall {number(overall)}"
    return html_table(Table(columns, rows, title))


def slice_row(
    part: Metrics,
    metric: str,
    overall: float | None,
    worse_by: float | None,
    dummy: float | None,
) -> list[Any]:
    """Return the cells of one slice.

    Parameters
    ----------
    part : dict
        The slice, as metrics/test.json has it.
    metric : str
    overall, dummy : float or None
        The metric on all of test, and the dummy's.
    worse_by : float or None
        By how much the slice is worse than all of test.

    Returns
    -------
    list
    """
    value = part["metrics"][metric]
    change = None if value is None or overall is None else value - overall
    share = worse_by / abs(dummy) if worse_by is not None and dummy else None
    return [
        Html(f"{html_cell(part['column'])} = {html_cell(part['value'])}"),
        part["rows"],
        value,
        signed(change),
        "unknown"
        if worse_by is None
        else "worse"
        if worse_by > 0
        else "better"
        if worse_by < 0
        else "equal",
        percent(share, sign=True),
    ]


def quality(data: Metrics) -> Html:
    """Return rows ingested, validated and quarantined, and the checks that rows broke."""
    share = data["quarantined"] / max(data["ingested"], 1)
    counts = facts([(name, data[name]) for name in ("ingested", "validated", "quarantined")])
    remark = paragraph(f"{percent(share)} of the rows are in quarantine.")
    rows = [
        [
            check["column"] or "the table",
            check["name"],
            check["severity"],
            check["rows"] or "the whole",
        ]
        for check in data["checks"]
    ]
    if not rows:
        return Html(counts + remark + paragraph("Every check of the data holds."))
    columns = ["column", "wanted", "if not", "rows that broke it"]
    table = Table(columns, rows, "Checks of the data that did not hold")
    return Html(counts + remark + html_table(table))


def split_sizes(split: Metrics, binary: bool) -> Html:
    """Return rows and targets of the splits."""
    total = sum(split["sizes"].values())
    rates = {
        name: rate if isinstance(rate, dict) else {"": rate}
        for name, rate in split["target_rate"].items()
    }
    classes = sorted({name for by_class in rates.values() for name in by_class})
    shown = percent if binary or classes != [""] else number
    single = "target rate" if binary else "target mean"
    heads = [f"target {name}" if name else single for name in classes]
    rows = [
        [
            name,
            size,
            percent(size / max(total, 1)),
            *(shown(rates[name].get(label)) for label in classes),
        ]
        for name, size in split["sizes"].items()
    ]
    title = f"Rows of the {split['kind']} split"
    return html_table(Table(["split", "rows", "share", *heads], rows, title))


def split_proof(split: Metrics) -> Html:
    """Return the counts that would show that the splits overlap."""
    rows = []
    for name, value in split["proof"].items():
        label, kinds = PROOF.get(name, (name, ()))
        holds = None if value is None else value is True or (value is not False and value == 0)
        asked = split["kind"] in kinds
        result = result_mark(holds) if asked else "not asked of this kind of split"
        rows.append([label, Figure(html_cell(value)), result])
    columns = ["looked for", "found", "result"]
    return html_table(Table(columns, rows, "Proof that the splits do not overlap"))


def splits(split: Metrics, binary: bool) -> Html:
    """Return sizes and targets of the splits, and the proof that they do not overlap."""
    return Html(split_sizes(split, binary) + split_proof(split))


def lineage(record: Metrics) -> Html:
    """Return what the model came from and what it is, by hash."""
    raw = record["raw"]
    n_rows, n_bytes = (sum(file[key] or 0 for file in raw) for key in ("rows", "bytes"))
    pairs = [
        ("data set", record["dataset"]),
        ("model", record["model"]),
        ("parameters", html_code(record["params"])),
        ("code up to train", html_code(record["code"])),
        (
            "libraries",
            ", ".join(f"{name} {version}" for name, version in record["libraries"].items()),
        ),
    ]
    files = Table(
        ["file", "rows", "bytes", "SHA-256"],
        [
            [html_code(file["path"]), file["rows"], file["bytes"], html_code(file["sha256"])]
            for file in raw
        ],
        f"{count(len(raw))} raw files, {count(n_rows)} rows, {count(n_bytes)} bytes",
    )
    bundle = Table(
        ["file", "SHA-256"],
        [[html_code(name), html_code(digest)] for name, digest in record["bundle"].items()],
        "Files of the bundle",
    )
    return Html(facts(pairs) + html_table(files, wide_column=3) + html_table(bundle, wide_column=1))
