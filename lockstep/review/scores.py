"""The tables of what the models are worth: metrics, gates, slices; base is always the first of the two."""

from typing import Any

from lockstep.core.escaping import SENTENCE_LENGTH, Markdown, markdown_code
from lockstep.core.formatting import count
from lockstep.core.own_metrics import better_direction
from lockstep.evaluation.comparison import slices
from lockstep.review import metric_changes
from lockstep.review.cells import difference, difference_interval, metric_direction
from lockstep.review.commit import CommitState
from lockstep.review.fold import ReportTable
from lockstep.review.markdown import metric_value
from lockstep.review.metric_changes import Comparison, MetricChange

SIDES = ["base", "head"]
COMPARED = ["metric", *SIDES, "difference", "95 % interval", "verdict"]
MAX_OPEN_SLICES = 8  # the rest are folded


def metric_row(change: MetricChange) -> list[Any]:
    """Return the cells of one metric with its interval."""
    return [
        metric_direction(change.metric),
        change.old,
        change.new,
        metric_value(change.difference, sign=True),
        difference_interval(change.interval),
        Markdown(change.verdict or "not compared"),
    ]


def score_tables(
    base: CommitState, head: CommitState, comparison: Comparison | None
) -> list[ReportTable]:
    """Return the metrics of test; where the rows differ also those on the rows that both have.

    Parameters
    ----------
    base : CommitState
    head : CommitState
    comparison : Comparison or None
        Of the predictions, if they can be compared.

    Returns
    -------
    list of ReportTable
    """
    rows = [metric_row(c) for c in metric_changes.metric_changes(base, head, comparison)]
    if comparison is None or comparison["same_rows"]:
        return [ReportTable(COMPARED, rows, "Metrics on test")]
    common = [
        metric_row(MetricChange(name, **pair)) for name, pair in comparison["metrics"].items()
    ]
    own_rows = [row[:4] for row in rows]
    title = f"Metrics on the {count(comparison['rows'])} test rows that both have"
    return [
        ReportTable(COMPARED[:4], own_rows, "Metrics on test, each on its own rows"),
        ReportTable(COMPARED, common, title),
    ]


def training_table(base: CommitState, head: CommitState) -> ReportTable:
    """Return the metrics of train and valid."""
    sides = (("train", base), ("train", head), ("valid", base), ("valid", head))
    rows = [
        [name, *((side.train or {}).get(split, {}).get(name) for split, side in sides)]
        for name in head.train["train"]
    ]
    columns = ["metric", "train, base", "train, head", "valid, base", "valid, head"]
    return ReportTable(columns, rows, "Metrics on train and valid", folded=True)


def other_metrics(base: CommitState, head: CommitState) -> ReportTable:
    """Return the numbers that differ in the metrics files that only this project has."""
    rows = [
        [f"{path} {change.name}", change.old, change.new, difference(change.old, change.new)]
        for path, values in head.other_metrics.items()
        for change in metric_changes.changed_numbers(base.other_metrics.get(path) or {}, values)
    ]
    return ReportTable(["metric", *SIDES, "difference"], rows, "Other metrics that differ")


def check_result(check: dict[str, Any] | None) -> Markdown:
    """Return the result of a check of the gate."""
    if check is None:
        return Markdown("no such check")
    return Markdown({True: "pass", False: "**fail**"}.get(check["passed"], "unknown"))


def gates(base: CommitState, head: CommitState) -> list[ReportTable]:
    """Return the checks that flipped, and all of them."""
    flipped = [
        [
            change.name,
            check_result(change.old),
            check_result(change.new),
            markdown_code((change.new or change.old)["reason"], SENTENCE_LENGTH),
        ]
        for change in metric_changes.flipped_checks(base.gate, head.gate)
    ]
    before = metric_changes.by_name((base.gate or {"checks": []})["checks"], "name")
    checks = [
        [
            check["name"],
            before.get(check["name"], {}).get("value"),
            check["value"],
            Markdown(f"{markdown_code(check['direction'])} {metric_value(check['threshold'])}"),
            check_result(check),
        ]
        for check in head.gate["checks"]
    ]
    flips = flipped if base.gate else []
    return [
        ReportTable(["check", *SIDES, "reason"], flips, "Gates that flipped"),
        ReportTable(["check", *SIDES, "wanted", "result"], checks, "All gates", folded=True),
    ]


def slice_tables(base: CommitState, head: CommitState, metric: str) -> list[ReportTable]:
    """Return the slices whose metric moved most, and the rest of them.

    Parameters
    ----------
    base : CommitState
    head : CommitState
    metric : str
        The one that the gate compares.

    Returns
    -------
    list of ReportTable
    """
    before = (base.test or {}).get("slices", [])
    comparable = not metric_changes.has_other_task(base, head)
    moved = slices(before, head.test["slices"], metric) if comparable else []
    rows = [
        [
            part["slice"],
            part["rows"],
            part["old"],
            part["new"],
            metric_value(part["difference"], sign=True),
            Markdown(direction_word(metric, part["difference"])),
        ]
        for part in moved
        if part["difference"]
    ]
    columns = ["slice", "rows", *SIDES, "difference", "which is"]
    remark = (
        f"{metric_direction(metric)}. No interval: the predictions do not hold the sliced columns."
    )
    return [
        ReportTable(columns, rows[:MAX_OPEN_SLICES], "Slices that moved most", remark=remark),
        ReportTable(columns, rows[MAX_OPEN_SLICES:], "The other slices", folded=True),
    ]


def direction_word(metric: str, difference: float) -> str:
    """Return better or worse, without a claim that the difference is more than chance."""
    direction = better_direction(metric)
    if direction == "unknown":
        return direction
    return "better" if (difference < 0) == (direction == "lower") else "worse"
