"""The tables of what differs: configuration, raw data, code, packages, stages, quality of the data, drift."""

from typing import Any

from lockstep.evaluation.comparison import parameters, raw_files
from lockstep.review import changes, metric_changes
from lockstep.review.cells import less, two
from lockstep.review.fold import Block, Table
from lockstep.review.markdown import Markdown, code, listed, number, percent

Record = dict[str, Any]
SIDES = ["base", "head"]


def unfinished(paths: list[str], base: Record, head: Record) -> list[str]:
    """Signs that a commit's metrics are not of its code, a sentence each."""
    said = [
        f"{path} of {which} is not what its dvc.lock records; `dvc repro`, and commit both"
        for which, side in (("head", head), ("base", base))
        for path in side["stale"]
    ]
    code = changes.code(paths, base["stages"], head["stages"])
    order = list(head["stages"])
    return said + changes.unrecorded(code, changes.rebuilt(base["lock"] or {}, head["lock"], order))


def configuration(base: Record, head: Record) -> Table:
    """Parameters that differ."""
    found = parameters(base["params"] or {}, head["params"])
    rows = [[one["name"], *two(one["old"], one["new"])] for one in found]
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
        for one in metric_changes.drifted(base["drift"], head["drift"])
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
