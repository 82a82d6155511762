"""The tables of a review, each of what two commits say; base is always the first of the two."""

from typing import Any

from pipeline.compare import parameters, raw_files, slices
from pipeline.metrics import LOWER_IS_BETTER
from pipeline.review import changes, metrics
from pipeline.review.fold import Block, Table
from pipeline.review.markdown import Markdown, code, listed, number, percent

Record = dict[str, Any]
SIDES = ["base", "head"]
SHOWN = 8  # slices that are not folded


def less(old: Any, new: Any) -> Markdown:
    """New less old where both are numbers."""
    known = old is not None and new is not None
    return number(new - old if known else None, sign=True)


def spread(edges: list[float] | None) -> Markdown:
    """An interval."""
    return Markdown(" to ".join(number(one, sign=True) for one in edges) if edges else "n/a")


def direction(metric: str) -> Markdown:
    """A metric's name and which way is better."""
    return Markdown(
        f"{code(metric)} ({'lower' if metric in LOWER_IS_BETTER else 'higher'} is better)"
    )


def verdicts(records: list[Record]) -> list[list[Any]]:
    """Rows of a table of metrics with intervals."""
    return [
        [
            direction(one["metric"]),
            one["old"],
            one["new"],
            less(one["old"], one["new"]),
            spread(one["interval"]),
            Markdown(one["verdict"] or "not compared"),
        ]
        for one in records
    ]


def of_test(base: Record, head: Record, found: Record | None) -> list[Table]:
    """The metrics of test; where the rows differ also those on the rows that both have."""
    records = metrics.told(base, head, found)
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
        for one in metrics.unlike(base["others"].get(path) or {}, values)
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
        [one["name"], result(one["old"]), result(one["new"]), (one["new"] or one["old"])["reason"]]
        for one in metrics.flipped(base["gate"], head["gate"])
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
    found = slices((base["test"] or {}).get("slices", []), head["test"]["slices"], metric)
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


def configuration(base: Record, head: Record) -> Table:
    """Parameters that differ."""
    absent = Markdown("absent")
    rows = [
        [
            one["name"],
            *(absent if value is None else str(value) for value in (one["old"], one["new"])),
        ]
        for one in parameters(base["params"] or {}, head["params"])
    ]
    return Table("Parameters", ["parameter", *SIDES], rows if base["params"] else [])


def counts(title: str, kind: str, records: list[Record]) -> Table:
    """Rows of something at base and head."""
    absent = Markdown("absent")
    rows = [
        [one["name"], *(absent if n is None else n for n in (one["old"], one["new"])),
         number((one["new"] or 0) - (one["old"] or 0), True)]
        for one in records
    ]  # fmt: skip
    return Table(title, [kind, "rows, base", "rows, head", "difference"], rows)


def raw_data(base: Record, head: Record, parts: list[dict[str, int] | None]) -> list[Block]:
    """Raw files that differ, and what that does to the periods or partitions that were ingested."""
    if base["lineage"] is None:
        return []
    found = raw_files(base["lineage"]["raw"], head["lineage"]["raw"])
    named = [{"name": o["path"], "old": o["old_rows"], "new": o["new_rows"]} for o in found]
    blocks: list[Block] = [counts("Raw data", "file", named)]
    old, new = parts
    if old is not None and new is not None:
        period = head["params"]["dataset"].get("period")
        kind = "period" if period else "partition"
        title = f"{kind.title()}s of the ingested data"
        blocks.append(counts(title, kind, changes.moved(old, new)))
    elif found:
        blocks.append("_Rows by period are not known: data/ingested/manifest.json of one of the two is "
                      "neither in DVC's cache nor on the remote._")  # fmt: skip
    return blocks


def code_by_stage(paths: list[str], base: Record, head: Record) -> Table:
    """Changed files that stages depend on."""
    found = changes.code(paths, base["stages"], head["stages"])
    rows = [[one["path"], listed(one["stages"])] for one in found]
    return Table("Code and configuration, by stage", ["file", "stages that depend on it"], rows)


def dependencies(base: Record, head: Record) -> Table:
    """Locked packages that differ."""
    rows = [
        [one["name"], one["old"] or Markdown("added"), one["new"] or Markdown("removed")]
        for one in changes.packages(base["packages"], head["packages"])
    ]
    return Table("Dependencies", ["package", *SIDES], rows)


def stages(base: Record, head: Record) -> Table:
    """Stages that ran again."""
    if base["lock"] is None:
        return Table("Stages rebuilt", [], [])
    order = list({**head["stages"], **base["stages"]})
    rows = [
        [
            Markdown(f"{code(o['stage'])}{'' if o['what'] == 'rebuilt' else ', ' + o['what']}"),
            listed(o["inputs"]),
            listed(o["outs"]),
        ]
        for o in changes.rebuilt(base["lock"], head["lock"], order)
    ]
    return Table("Stages rebuilt", ["stage", "inputs that moved", "outputs that moved"], rows)


def quality(base: Record, head: Record) -> list[Table]:
    """Rows let through and not, rows of the splits, and the checks that rows broke."""
    before, after = base["data"] or {}, head["data"]
    rows = [[Markdown(name), before.get(name), after[name], less(before.get(name), after[name])]
            for name in ("ingested", "validated", "quarantined")]  # fmt: skip
    sizes = (base["split"] or {}).get("sizes", {})
    for name, size in head["split"]["sizes"].items():
        rows.append(
            [Markdown(f"in {code(name)}"), sizes.get(name), size, less(sizes.get(name), size)]
        )
    broken = [{(one["column"], one["name"]): one["rows"] for one in side.get("checks", [])}
              for side in (before, after)]  # fmt: skip
    checks = [
        [column or "the table", name, *(side.get((column, name), 0) for side in broken)]
        for column, name in sorted({**broken[0], **broken[1]}, key=str)
    ]
    return [
        Table("Data quality, in rows", ["rows", *SIDES, "difference"], rows),
        Table("Checks of the data that rows broke", ["column", "wanted", *SIDES], checks),
    ]


def drift(base: Record, head: Record) -> Table:
    """Columns of test that drifted from training."""

    def judged(one: Record | None) -> Markdown:
        return Markdown("no such column" if one is None else "drifted" if one["drifted"] else "no")

    def psi(one: Record | None) -> Any:
        return one and one["psi"]

    rows = [
        [one["column"], psi(one["old"]), psi(one["new"]), judged(one["old"]), judged(one["new"])]
        for one in metrics.drifted(base["drift"], head["drift"])
    ]
    shares = [percent((side["drift"] or {}).get("share")) for side in (base, head)]
    outputs = [
        number(((side["drift"] or {}).get("prediction") or {}).get("psi")) for side in (base, head)
    ]
    remark = (
        f"Share of the columns that drifted: {shares[0]} at base, {shares[1]} at head. PSI of the "
        f"predictions against valid: {outputs[0]}, {outputs[1]}."
    )
    columns = ["column", "PSI, base", "PSI, head", "base", "head"]
    return Table("Drift of test from training", columns, rows, remark=remark)
