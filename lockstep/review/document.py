"""The review as Markdown: the verdict first, the commands that make it again last."""

from dataclasses import dataclass, field

from lockstep.core.errors import DataError
from lockstep.core.escaping import SENTENCE_LENGTH, Markdown, markdown_code
from lockstep.core.formatting import count
from lockstep.review import differences, metric_changes, scores
from lockstep.review.cells import difference_interval, metric_direction
from lockstep.review.changes import is_documentation
from lockstep.review.commit import CommitState
from lockstep.review.differences import PartitionRows
from lockstep.review.fold import Block, ReportTable, fit
from lockstep.review.markdown import metric_value
from lockstep.review.metric_changes import Comparison
from lockstep.review.plots import TITLES

# A comment is found by this line, and a report distinguished from another file.
MARK = "<!-- lockstep review -->"
MAX_NOTES = 12
NO_DIFFERENCE = "no stage, parameter, data or metric differs"
VERDICTS = {"pass": "pass", "fail": "refuse", "unknown": "refuse (a check is unknown)"}


@dataclass(frozen=True)
class Review:
    """Two commits, and what was compared of them."""

    base: CommitState
    head: CommitState
    paths: list[str]  # files that differ
    comparison: Comparison | None  # of the predictions
    no_comparison: str = ""  # why there is none
    partition_rows: tuple[PartitionRows, PartitionRows] = ({}, {})
    pictures: list[str] = field(default_factory=list)
    failed_pictures: list[str] = field(default_factory=list)  # their data cannot be drawn
    picture_prefix: str | None = None  # address of the pictures' folder
    report_link: str | None = None  # address of head's full report


def unaffected_report(paths: list[str]) -> str:
    """Return the report where nothing differs that the pipeline reads or writes."""
    if not paths:
        line = f"**The two commits have the same files**: {NO_DIFFERENCE}."
    elif all(is_documentation(path) for path in paths):
        line = f"**Documentation only**: {NO_DIFFERENCE}."
    else:
        n_paths = count(len(paths))
        line = f"**Nothing that the pipeline reads or writes**: {NO_DIFFERENCE}; other files do: {n_paths}."
        table = ReportTable(["file"], [[path] for path in paths], "Files that differ", folded=True)
        return fit([line, table, MARK])
    return f"{line}\n\n{MARK}\n"


def gate_metric(head: CommitState) -> str:
    """Return the metric that the gate compares. Raises DataError where head's test does not have it."""
    task = head.params["dataset"]["task"]
    name: str = head.params["gate"]["baseline_metric"][task]
    if name not in head.test_metrics():
        raise DataError(f"metrics/test.json of {head.sha[:12]} has no {name}, the gate's metric")
    return name


def gate_verdict(base: CommitState, head: CommitState) -> str:
    """Return what head's gates say, and base's where it is another. Raises DataError if it is no verdict."""
    verdict = head.gate["verdict"]
    if verdict not in VERDICTS:
        raise DataError(
            f"metrics/gate.json of {head.sha[:12]}: the verdict is {verdict!r}; `dvc repro`"
        )
    new = VERDICTS[verdict]
    old = VERDICTS.get(base.gate["verdict"]) if base.gate else None
    return new if old is None or old == new else f"{new} (base: {old})"


def verdict_line(review: Review) -> str:
    """Return the first line: what the gates say, and whether the model is better on the gate's metric."""
    base, head, comparison = review.base, review.head, review.comparison
    metric = gate_metric(head)
    gates = f"**Gates: {gate_verdict(base, head)}."
    same = ""
    if metric_changes.has_same_predictions(base, head):
        same = " The predictions are the same bytes."
    if comparison is None or metric not in comparison["metrics"]:
        comparable = not metric_changes.has_other_task(base, head)
        old = base.test_metrics().get(metric) if comparable else None
        new = metric_value(head.test_metrics()[metric])
        step = new if old is None else f"{metric_value(old)} to {new}"
        return f"{gates} Not compared with base** on {metric_direction(metric)}: {step}.{same}"
    pair = comparison["metrics"][metric]
    rows = ""
    if not comparison["same_rows"]:
        rows = f" on the {count(comparison['rows'])} test rows that both have"
    return (
        f"{gates} Model: {pair['verdict']}** on {metric_direction(metric)}{rows}: "
        f"{metric_value(pair['old'])} to {metric_value(pair['new'])}, "
        f"difference {metric_value(pair['difference'], sign=True)}, "
        f"95 % interval {difference_interval(pair['interval'])}.{same}"
    )


def notes(review: Review) -> Markdown:
    """Return what a reader must know of the comparison as a quotation, the first of many notes."""
    base, head, comparison = review.base, review.head, review.comparison

    def as_code(sentences: list[str], label: str = "") -> list[str]:
        return [f"{label}{markdown_code(sentence, SENTENCE_LENGTH)}" for sentence in sentences]

    lines = as_code(differences.unfinished_notes(review.paths, base, head), "Not of this code: ")
    lines += as_code([review.no_comparison] if review.no_comparison else [], "No intervals: ")
    lines += as_code(comparison["notes"] if comparison else [])
    lines += as_code(metric_changes.deviating_metrics(base, head, comparison))
    if metric_changes.has_other_task(base, head):
        lines.append("What is predicted differs (task, target or key): values do not compare.")
    lines += as_code(base.lacking, "Of base: ")
    n_hidden = len(lines) - MAX_NOTES
    rest = [f"{count(n_hidden)} more notes are left out."] if n_hidden > 0 else []
    return Markdown("\n".join(f"> - {line}" for line in [*lines[:MAX_NOTES], *rest]))


def refusals(head: CommitState) -> Markdown:
    """Return why head's gates refuse."""
    reasons = [
        check["reason"]
        for check in head.gate["checks"]
        if check["severity"] == "fail" and check["passed"] is False
    ]
    lines = [f"- {markdown_code(reason, SENTENCE_LENGTH)}" for reason in reasons[:MAX_NOTES]]
    return Markdown("\n".join(lines))


def picture_block(names: list[str], prefix: str | None, failed: list[str]) -> str:
    """Return the pictures, or their names where no address is known under which a platform finds them.

    Parameters
    ----------
    names : list of str
        Of the pictures.
    prefix : str or None
        Address of their folder.
    failed : list of str
        Names of the pictures that could not be drawn.
    """
    blocks = []
    if names and prefix is None:
        files = ", ".join(f"`{name}.png`" for name in names)
        blocks.append(f"Base and head together, in files beside this report: {files}.")
    elif names:
        images = [f"![{TITLES[name]}]({prefix.rstrip('/')}/{name}.png)" for name in names if prefix]
        blocks += ["Base and head together.", "\n".join(images)]
    if failed:
        titles = ", ".join(TITLES[name] for name in failed)
        blocks.append(f"Not drawn, because their data cannot be read: {titles}.")
    return "\n\n".join(["### Pictures", *blocks]) if blocks else ""


def reproduction(base: CommitState, head: CommitState, link: str | None) -> str:
    """Return the address of the full report, and the commands that make this one again.

    Parameters
    ----------
    base : CommitState
    head : CommitState
    link : str or None
        Address of head's full report, if it has one.

    Returns
    -------
    str
    """
    full = (
        f"The full report of head: [report.html]({link})."
        if link
        else "The full report of head is `reports/report.html`: `dvc pull reports/report.html` there, or "
        "`dvc repro`."
    )
    commands = [
        f"git checkout {head.sha}",
        "make setup && . .venv/bin/activate",
        "dvc pull || dvc repro    # without a remote it is rebuilt",
        f"python -m lockstep review --base {base.sha} --head {head.sha} --output reports/review",
    ]
    lines = "\n".join(commands)
    return f"### Reproduce\n\n{full}\n\n```sh\n{lines}\n```"


def report(review: Review) -> str:
    """Return the whole report, within the platforms' limits."""
    base, head, paths = review.base, review.head, review.paths
    code_paths = [[path] for path in paths if not is_documentation(path)]
    files_title = "All files that differ, documentation aside"
    blocks: list[Block] = [
        verdict_line(review),
        refusals(head),
        f"Base is {base.sha[:12]}, where the branch left; head is {head.sha[:12]}.",
        notes(review),
        *scores.score_tables(base, head, review.comparison),
        scores.other_metrics(base, head),
        *scores.gates(base, head),
        *scores.slice_tables(base, head, gate_metric(head)),
        picture_block(review.pictures, review.picture_prefix, review.failed_pictures),
        differences.configuration(base, head),
        *differences.raw_data(base, head, review.partition_rows),
        differences.code_by_stage(paths, base, head),
        differences.dependencies(base, head),
        differences.stages(base, head),
        *differences.quality(base, head),
        differences.drift(base, head),
        scores.training_table(base, head),
        ReportTable(["file"], code_paths, files_title, folded=True),
        reproduction(base, head, review.report_link),
        MARK,
    ]
    return fit(blocks)
