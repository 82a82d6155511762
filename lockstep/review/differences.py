"""The tables of what differs: configuration, raw data, code, packages, stages, quality of the data, drift."""

from typing import Any

from lockstep.core.escaping import Markdown, markdown_code
from lockstep.core.formatting import Figure, percent
from lockstep.evaluation.comparison import parameters, raw_files
from lockstep.review import changes, metric_changes
from lockstep.review.cells import difference, value_pair
from lockstep.review.changes import Change
from lockstep.review.commit import CommitState
from lockstep.review.fold import Block, ReportTable
from lockstep.review.markdown import code_list, metric_value

SIDES = ["base", "head"]
ABSENT = Figure("absent")
PartitionRows = dict[str, int] | None  # None: neither DVC's cache nor the remote has them
NO_PARTITIONS = (
    "_Rows by period are not known: data/ingested/manifest.json of one of the two is neither in DVC's "
    "cache nor on the remote._"
)


def unfinished_notes(paths: list[str], base: CommitState, head: CommitState) -> list[str]:
    """Return a sentence for each sign that a commit's metrics are not of its code.

    Parameters
    ----------
    paths : list of str
        Files that differ.
    base : CommitState
    head : CommitState

    Returns
    -------
    list of str
    """
    sentences = [
        f"{path} of {label} is not what its dvc.lock records; `dvc repro`, and commit both"
        for label, side in (("head", head), ("base", base))
        for path in side.stale
    ]
    code = changes.changed_code(paths, base.stages, head.stages)
    rebuilt = changes.rebuilt_stages(base.lock or {}, head.lock, list(head.stages))
    return sentences + changes.unrecorded_changes(code, rebuilt)


def configuration(base: CommitState, head: CommitState) -> ReportTable:
    """Return the parameters that differ."""
    differing = parameters(base.params or {}, head.params)
    rows = [[entry["name"], *value_pair(entry["old"], entry["new"])] for entry in differing]
    return ReportTable(["parameter", *SIDES], rows if base.params else [], "Parameters")


def row_counts(title: str, kind: str, counts: list[Change]) -> ReportTable:
    """Return how many rows something has at base and head.

    Parameters
    ----------
    title : str
        Of the table.
    kind : str
        What has the rows: the head of the first column.
    counts : list of Change
        Rows at base and head by name.

    Returns
    -------
    ReportTable
    """
    rows = [
        [
            entry.name,
            ABSENT if entry.old is None else entry.old,
            ABSENT if entry.new is None else entry.new,
            difference(entry.old or 0, entry.new or 0),
        ]
        for entry in counts
    ]
    return ReportTable([kind, "rows, base", "rows, head", "difference"], rows, title)


def raw_data(
    base: CommitState, head: CommitState, partition_rows: tuple[PartitionRows, PartitionRows]
) -> list[Block]:
    """Return raw files that differ, and what that does to the ingested periods or partitions.

    Parameters
    ----------
    base, head : CommitState
    partition_rows : tuple
        Rows of each ingested partition at base and head.

    Returns
    -------
    list
        Tables; a sentence where the rows of the partitions are not known.
    """
    if base.lineage is None:
        return []
    files = [
        Change(entry["path"], entry["old_rows"], entry["new_rows"])
        for entry in raw_files(base.lineage["raw"], head.lineage["raw"])
    ]
    blocks: list[Block] = [row_counts("Raw data", "file", files)]
    old, new = partition_rows
    if old is not None and new is not None:
        kind = "period" if head.params["dataset"].get("period") else "partition"
        title = f"{kind.title()}s of the ingested data"
        blocks.append(row_counts(title, kind, changes.changed_values(old, new)))
    elif files:
        blocks.append(NO_PARTITIONS)
    return blocks


def code_by_stage(paths: list[str], base: CommitState, head: CommitState) -> ReportTable:
    """Return the changed files that stages depend on.

    Parameters
    ----------
    paths : list of str
        Files that differ.
    base : CommitState
    head : CommitState

    Returns
    -------
    ReportTable
    """
    code = changes.changed_code(paths, base.stages, head.stages)
    rows = [[change.path, code_list(change.stages)] for change in code]
    columns = ["file", "stages that depend on it"]
    return ReportTable(columns, rows, "Code and configuration, by stage")


def dependencies(base: CommitState, head: CommitState) -> ReportTable:
    """Return the locked packages that differ."""
    rows = [
        [change.name, change.old or Markdown("added"), change.new or Markdown("removed")]
        for change in changes.changed_packages(base.packages, head.packages)
    ]
    return ReportTable(["package", *SIDES], rows, "Dependencies")


def stages(base: CommitState, head: CommitState) -> ReportTable:
    """Return the stages that ran again."""
    columns, title = ["stage", "inputs that moved", "outputs that moved"], "Stages rebuilt"
    if base.lock is None:
        return ReportTable(columns, [], title)
    order = list({**head.stages, **base.stages})
    rows: list[list[Any]] = []
    for change in changes.rebuilt_stages(base.lock, head.lock, order):
        kind = "" if change.kind == "rebuilt" else f", {change.kind}"
        name = Markdown(f"{markdown_code(change.stage)}{kind}")
        rows.append([name, code_list(change.inputs), code_list(change.outputs)])
    return ReportTable(columns, rows, title)


def quality(base: CommitState, head: CommitState) -> list[ReportTable]:
    """Return the rows that passed, the rows of the splits, and the checks that rows broke."""
    return [data_rows(base, head), broken_checks(base, head)]


def data_rows(base: CommitState, head: CommitState) -> ReportTable:
    """Return the rows that passed the checks and did not, and the rows of the splits."""
    before, after = base.data or {}, head.data
    names = ("ingested", "validated", "quarantined")
    pairs = [(Markdown(name), before.get(name), after[name]) for name in names]
    sizes = (base.split or {}).get("sizes", {})
    pairs += [
        (Markdown(f"in {markdown_code(name)}"), sizes.get(name), size)
        for name, size in head.split["sizes"].items()
    ]
    rows = [[name, old, new, difference(old, new)] for name, old, new in pairs]
    return ReportTable(["rows", *SIDES, "difference"], rows, "Data quality, in rows")


def broken_checks(base: CommitState, head: CommitState) -> ReportTable:
    """Return the checks of the data that rows broke, and how many rows did."""
    before, after = (
        {
            (check["column"], check["name"]): check["rows"]
            for check in (data or {}).get("checks", [])
        }
        for data in (base.data, head.data)
    )
    rows = [
        [key[0] or "the table", key[1], before.get(key, 0), after.get(key, 0)]
        for key in sorted({**before, **after}, key=str)
    ]
    title = "Checks of the data that rows broke"
    return ReportTable(["column", "wanted", *SIDES], rows, title)


def drift_label(column: dict[str, Any] | None) -> Markdown:
    """Return whether a column drifted."""
    if column is None:
        return Markdown("no such column")
    return Markdown("drifted" if column["drifted"] else "no")


def drift(base: CommitState, head: CommitState) -> ReportTable:
    """Return the columns of test that drifted from training."""
    rows = [
        [
            change.name,
            change.old and change.old["psi"],
            change.new and change.new["psi"],
            drift_label(change.old),
            drift_label(change.new),
        ]
        for change in metric_changes.drifted_columns(base.drift, head.drift)
    ]
    shares = [percent((side.drift or {}).get("share")) for side in (base, head)]
    outputs = [
        metric_value(((side.drift or {}).get("prediction") or {}).get("psi"))
        for side in (base, head)
    ]
    remark = (
        f"Share of the columns that drifted: {shares[0]} at base, {shares[1]} at head. PSI of the "
        f"predictions against valid: {outputs[0]}, {outputs[1]}."
    )
    columns = ["column", "PSI, base", "PSI, head", "base", "head"]
    return ReportTable(columns, rows, "Drift of test from training", remark=remark)
