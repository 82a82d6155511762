"""The tables of what the models are worth: metrics, gates, slices; base is always the first of the two."""

from typing import Any

from lockstep.core.metric_names import LOWER_IS_BETTER
from lockstep.evaluation.comparison import slices
from lockstep.review import metric_changes
from lockstep.review.cells import direction, less, spread
from lockstep.review.fold import Table
from lockstep.review.markdown import SENTENCE, Markdown, code, number

Record = dict[str, Any]
SIDES = ["base", "head"]
SHOWN = 8  # slices that are not folded


def verdicts(records: list[Record]) -> list[list[Any]]:
    """Rows of a table of metrics with intervals."""
    return [
        [
            direction(one["metric"]),
            one["old"],
            one["new"],
            number(one["difference"], sign=True),
            spread(one["interval"]),
            Markdown(one["verdict"] or "not compared"),
        ]
        for one in records
    ]


def of_test(base: Record, head: Record, found: Record | None) -> list[Table]:
    """The metrics of test; where the rows differ also those on the rows that both have."""
    records = metric_changes.told(base, head, found)
    compared = [*SIDES, "difference", "95 % interval", "verdict"]
    if found is None or found["same_rows"]:
        return [Table("Metrics on test", ["metric", *compared], verdicts(records))]
    plain = [row[:4] for row in verdicts(records)]
    common = [{"metric": name, **one} for name, one in found["metrics"].items()]
    title = f"Metrics on the {found['rows']:,} test rows that both have"
    return [
        Table("Metrics on test, each on its own rows", ["metric", *compared[:3]], plain),
        Table(title, ["metric", *compared], verdicts(common)),
    ]


def of_training(base: Record, head: Record) -> Table:
    """The metrics of train and valid."""
    rows = [
        [code(name), *((side["train"] or {}).get(part, {}).get(name) for part, side in
                       (("train", base), ("train", head), ("valid", base), ("valid", head)))]
        for name in head["train"]["train"]
    ]  # fmt: skip
    head_row = ["metric", "train, base", "train, head", "valid, base", "valid, head"]
    return Table("Metrics on train and valid", head_row, rows, folded=True)


def of_others(base: Record, head: Record) -> Table:
    """Numbers of the metrics files that only this project has."""
    rows = [
        [f"{path} {one['name']}", one["old"], one["new"], less(one["old"], one["new"])]
        for path, values in head["others"].items()
        for one in metric_changes.unlike(base["others"].get(path) or {}, values)
    ]
    return Table("Other metrics that differ", ["metric", *SIDES, "difference"], rows)


def result(check: Record | None) -> Markdown:
    """What a check of the gate came to."""
    if check is None:
        return Markdown("no such check")
    return Markdown({True: "pass", False: "**fail**"}.get(check["passed"], "unknown"))


def gates(base: Record, head: Record) -> list[Table]:
    """Checks that flipped, and all of them."""
    rows = [
        [
            one["name"],
            result(one["old"]),
            result(one["new"]),
            code((one["new"] or one["old"])["reason"], SENTENCE),
        ]
        for one in metric_changes.flipped(base["gate"], head["gate"])
    ]
    before = {one["name"]: one for one in (base["gate"] or {"checks": []})["checks"]}
    every = [
        [one["name"], (before.get(one["name"]) or {}).get("value"), one["value"],
         Markdown(f"{code(one['direction'])} {number(one['threshold'])}"), result(one)]
        for one in head["gate"]["checks"]
    ]  # fmt: skip
    flips = Table("Gates that flipped", ["check", *SIDES, "reason"], rows if base["gate"] else [])
    return [flips, Table("All gates", ["check", *SIDES, "wanted", "result"], every, folded=True)]


def moved_slices(base: Record, head: Record, metric: str) -> list[Table]:
    """The slices whose metric moved most, and the others."""
    before = (base["test"] or {}).get("slices", [])
    found = (
        []
        if metric_changes.other_task(base, head)
        else slices(before, head["test"]["slices"], metric)
    )
    rows = [
        [one["slice"], one["rows"], one["old"], one["new"], number(one["difference"], True),
         Markdown(better(metric, one["difference"]))]
        for one in found if one["difference"]
    ]  # fmt: skip
    columns = ["slice", "rows", *SIDES, "difference", "which is"]
    remark = f"{direction(metric)}. No interval: the predictions do not hold the sliced columns."
    title = "Slices that moved most"
    return [
        Table(title, columns, rows[:SHOWN], remark=remark),
        Table("The other slices", columns, rows[SHOWN:], folded=True),
    ]


def better(metric: str, difference: float) -> str:
    """A difference in words, without a claim that it is more than chance."""
    return "better" if (difference < 0) == (metric in LOWER_IS_BETTER) else "worse"
