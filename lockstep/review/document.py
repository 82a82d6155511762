"""The review as Markdown, from what two commits say: the verdict first, the commands to redo it last."""

from typing import Any

from lockstep.core.errors import DataError
from lockstep.review import differences, metric_changes, scores
from lockstep.review.cells import direction, spread
from lockstep.review.changes import documentation
from lockstep.review.fold import Block, Table, fitted
from lockstep.review.markdown import SENTENCE, Markdown, code, number
from lockstep.review.plots import TITLES

Record = dict[str, Any]
MARK = (
    "<!-- lockstep review -->"  # by which a comment is found, and a report told from another file
)
NOTES = 12
NOTHING = "no stage, parameter, data or metric differs"


def unaffected(paths: list[str]) -> str:
    """The report where nothing differs that the pipeline reads or writes."""
    if not paths:
        line = f"**The two commits have the same files**: {NOTHING}."
    elif all(documentation(path) for path in paths):
        line = f"**Documentation only**: {NOTHING}."
    else:
        line = f"**Nothing that the pipeline reads or writes**: {NOTHING}; other files do: {len(paths):,}."
        rows = [[path] for path in paths]
        return fitted([line, Table("Files that differ", ["file"], rows, folded=True), MARK])
    return f"{line}\n\n{MARK}\n"


def gate_metric(head: Record) -> str:
    """The metric that the gate compares. Raises DataError where head's test does not have it."""
    params = head["params"]
    task = params["dataset"]["task"]
    name: str = params["gate"]["baseline_metric"][task]
    if name not in head["test"]["metrics"]:
        raise DataError(
            f"metrics/test.json of {head['commit'][:12]} has no {name}, the gate's metric"
        )
    return name


def verdict(base: Record, head: Record, found: Record | None) -> str:
    """The first line: what the gates say, and whether the model is better on the gate's metric."""
    words = {"pass": "pass", "fail": "refuse", "unknown": "refuse (a check is unknown)"}
    said = head["gate"]["verdict"]
    if said not in words:
        raise DataError(
            f"metrics/gate.json of {head['commit'][:12]}: the verdict is {said!r}; `dvc repro`"
        )
    before = base["gate"] and words.get(base["gate"]["verdict"])
    was = "" if before is None or before == words[said] else f" (base: {before})"
    name = gate_metric(head)
    old, new = ((side["test"] or {}).get("metrics", {}).get(name) for side in (base, head))
    old = None if metric_changes.other_task(base, head) else old
    said_of = f"**Gates: {words[said]}{was}."
    same = (
        " The predictions are the same bytes."
        if metric_changes.same_predictions(base, head)
        else ""
    )
    if found is None or name not in found["metrics"]:
        step = f"{number(new)}" if old is None else f"{number(old)} to {number(new)}"
        return f"{said_of} Not compared with base** on {direction(name)}: {step}.{same}"
    one = found["metrics"][name]
    which = "" if found["same_rows"] else f" on the {found['rows']:,} test rows that both have"
    return (
        f"{said_of} Model: {one['verdict']}** on {direction(name)}{which}: {number(one['old'])} to "
        f"{number(one['new'])}, difference {number(one['difference'], True)}, 95 % interval "
        f"{spread(one['interval'])}.{same}"
    )


def notes(paths: list[str], base: Record, head: Record, found: Record | None, why: str) -> Markdown:
    """What a reader must know of the comparison, as a quotation; the first of many."""
    late, known = differences.unfinished(paths, base, head), found["notes"] if found else []
    said = [f"Not of this code: {code(one, SENTENCE)}" for one in late]
    said += [f"No intervals: {code(why, SENTENCE)}"] if why else []
    said += [code(one, SENTENCE) for one in [*known, *metric_changes.deviating(base, head, found)]]
    if metric_changes.other_task(base, head):
        said.append("What is predicted differs (task, target or key): values do not compare.")
    said += [f"Of base: {code(one, SENTENCE)}" for one in base["lacking"]]
    left = [f"{len(said) - NOTES:,} more notes are left out."] if len(said) > NOTES else []
    return Markdown("\n".join(f"> - {one}" for one in [*said[:NOTES], *left]))


def refused(head: Record) -> Markdown:
    """Why head's gates refuse."""
    checks = [c for c in head["gate"]["checks"] if c["severity"] == "fail" and c["passed"] is False]
    return Markdown("\n".join(f"- {code(one['reason'], SENTENCE)}" for one in checks[:NOTES]))


def pictures(names: list[str], prefix: str | None) -> str:
    """The pictures, or their names where no address is known under which a platform would find them."""
    if not names:
        return ""
    if prefix is None:
        files = ", ".join(f"`{name}.png`" for name in names)
        return f"### Pictures\n\nBase and head together, in files beside this report: {files}."
    shown = [f"![{TITLES[name]}]({prefix.rstrip('/')}/{name}.png)" for name in names]
    return "### Pictures\n\nBase and head together.\n\n" + "\n".join(shown)


def reproduce(base: Record, head: Record, link: str | None) -> str:
    """Where the full report is, and the commands that make this one again."""
    old, new = base["commit"], head["commit"]
    full = (
        f"The full report of head: [report.html]({link})."
        if link
        else "The full report of head is `reports/report.html`: `dvc pull reports/report.html` there, or "
        "`dvc repro`."
    )
    commands = [
        f"git checkout {new}",
        "make setup && . .venv/bin/activate",
        "dvc pull || dvc repro    # without a remote it is rebuilt",
        f"python -m lockstep review --base {old} --head {new} --output reports/review",
    ]
    lines = "\n".join(commands)
    return f"### Reproduce\n\n{full}\n\n```sh\n{lines}\n```"


def composed(
    base: Record,
    head: Record,
    compared: tuple[Record | None, str],
    paths: list[str],
    parts: list[dict[str, int] | None],
    drawn: list[str],
    images: str | None = None,
    link: str | None = None,
) -> str:
    """The whole report, within the platforms' limits.

    base and head are of commit.described, compared of metrics.paired, paths the files that differ, parts the
    rows by ingested partition, drawn the names of the pictures.
    """
    found, why = compared
    others = [path for path in paths if not documentation(path)]
    files = Table(
        "All files that differ, documentation aside", ["file"], [[p] for p in others], folded=True
    )
    blocks: list[Block] = [
        verdict(base, head, found),
        refused(head),
        f"Base is {base['commit'][:12]}, where the branch left; head is {head['commit'][:12]}.",
        notes(paths, base, head, found, why),
        *scores.of_test(base, head, found),
        scores.of_others(base, head),
        *scores.gates(base, head),
        *scores.moved_slices(base, head, gate_metric(head)),
        pictures(drawn, images),
        differences.configuration(base, head),
        *differences.raw_data(base, head, parts),
        differences.code_by_stage(paths, base, head),
        differences.dependencies(base, head),
        differences.stages(base, head),
        *differences.quality(base, head),
        differences.drift(base, head),
        scores.of_training(base, head),
        files,
        reproduce(base, head, link),
        MARK,
    ]
    return fitted(blocks)
